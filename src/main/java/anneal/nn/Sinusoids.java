package anneal.nn;

import anneal.tensor.Tensor;

/**
 * Sines and cosines of timesteps at many frequencies. The angle t f, up to 1000 radians, loses 1e-4 in float32. So each
 * frequency is split into a coarse part of 11 bits, whose product with a timestep is exact, and the small rest; the
 * sum's sine and cosine follow from the parts'. Beside bfloat16 all of it is float32.
 *
 * @param sin [N, frequencies]
 * @param cos like sin
 */
record Sinusoids(Tensor sin, Tensor cos) {
    private static final int COARSE_BITS = 11;

    /**
     * @param t      [N]
     * @param coarse [frequencies], as {@link #coarse} made them
     * @param fine   like coarse
     */
    static Sinusoids of(Tensor t, Tensor coarse, Tensor fine) {
        if (t.rank() != 1) {
            throw new IllegalArgumentException("timesteps of shape " + t.shape() + "; [N] is needed");
        }
        var column = t.toWide().reshape(t.dim(0), 1);
        var a = column.mul(coarse);
        var b = column.mul(fine);
        var sinA = a.sin();
        var cosA = a.cos();
        var sinB = b.sin();
        var cosB = b.cos();
        var cos = cosA.mul(cosB).sub(sinA.mul(sinB));
        var sin = sinA.mul(cosB).add(cosA.mul(sinB));
        return new Sinusoids(sin, cos);
    }

    /** maxPeriod^(-k/steps) for k below {@code count}. */
    static double[] frequencies(int count, double maxPeriod, int steps) {
        var f = new double[count];
        for (int k = 0; k < count; k++) {
            f[k] = StrictMath.exp(-StrictMath.log(maxPeriod) * k / steps);
        }
        return f;
    }

    static double[] coarse(double... frequencies) {
        var f = frequencies.clone();
        for (int k = 0; k < f.length; k++) {
            int shift = COARSE_BITS - 1 - Math.getExponent(f[k]);
            f[k] = Math.scalb(Math.rint(Math.scalb(f[k], shift)), -shift);
        }
        return f;
    }

    static double[] fine(double... frequencies) {
        var f = frequencies.clone();
        var high = coarse(frequencies);
        for (int k = 0; k < f.length; k++) {
            f[k] -= high[k];
        }
        return f;
    }
}
