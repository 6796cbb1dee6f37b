package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.Activation;
import anneal.kernel.cpu.Elements;
import anneal.kernel.cpu.NormLanes;
import anneal.kernel.cpu.scalar.ScalarNorm;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Normalisation on vectors over channels. Where the channels are no multiple of the lanes, the last vector overlaps
 * the one before and computes some channels twice.
 */
final class PanamaNorm implements NormLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private final ScalarNorm scalar = new ScalarNorm();

    @Override
    public void apply(Activation act, int pixels, int channels, long x, long xPitch, long mean, long a, long b,
                      long y, long yPitch) {
        if (channels < L) {
            scalar.apply(act, pixels, channels, x, xPitch, mean, a, b, y, yPitch);
            return;
        }
        for (int p = 0; p < pixels; p++) {
            switch (act) {
                case NONE -> affine(channels, x + p * xPitch, mean, a, b, y + p * yPitch);
                case SILU -> silu(channels, x + p * xPitch, mean, a, b, y + p * yPitch);
                case RELU -> relu(channels, x + p * xPitch, mean, a, b, y + p * yPitch);
            }
        }
    }

    private static void affine(int channels, long x, long mean, long a, long b, long y) {
        for (int c = 0; c < channels; c += L) {
            long at = 4L * Math.min(c, channels - L);
            FloatVector.fromMemorySegment(S, ALL, x + at, ORDER)
                    .sub(FloatVector.fromMemorySegment(S, ALL, mean + at, ORDER))
                    .fma(FloatVector.fromMemorySegment(S, ALL, a + at, ORDER),
                            FloatVector.fromMemorySegment(S, ALL, b + at, ORDER))
                    .intoMemorySegment(ALL, y + at, ORDER);
        }
    }

    private static void relu(int channels, long x, long mean, long a, long b, long y) {
        for (int c = 0; c < channels; c += L) {
            long at = 4L * Math.min(c, channels - L);
            FloatVector.fromMemorySegment(S, ALL, x + at, ORDER)
                    .sub(FloatVector.fromMemorySegment(S, ALL, mean + at, ORDER))
                    .fma(FloatVector.fromMemorySegment(S, ALL, a + at, ORDER),
                            FloatVector.fromMemorySegment(S, ALL, b + at, ORDER))
                    .max(0).intoMemorySegment(ALL, y + at, ORDER);
        }
    }

    private static void silu(int channels, long x, long mean, long a, long b, long y) {
        for (int c = 0; c < channels; c += L) {
            long at = 4L * Math.min(c, channels - L);
            var v = FloatVector.fromMemorySegment(S, ALL, x + at, ORDER)
                    .sub(FloatVector.fromMemorySegment(S, ALL, mean + at, ORDER))
                    .fma(FloatVector.fromMemorySegment(S, ALL, a + at, ORDER),
                            FloatVector.fromMemorySegment(S, ALL, b + at, ORDER));
            v.div(VectorMath.onePlusExp(v.neg())).intoMemorySegment(ALL, y + at, ORDER);
        }
    }

    @Override
    public void spread(int pixels, int channels, long x, long xPitch, long out, long next) {
        if (channels < L) {
            scalar.spread(pixels, channels, x, xPitch, out, next);
            return;
        }
        int c = 0;
        for (; c <= channels - 4 * L; c += 4 * L) {
            for (int i = 0; i < 4 * L; i += L) {
                centre(pixels, x + 4L * (c + i), xPitch, out + 4L * (c + i));
            }
            spread4(pixels, x + 4L * c, xPitch, out + 4L * c, next);
        }
        for (; c < channels; c += L) {
            long at = 4L * Math.min(c, channels - L);
            centre(pixels, x + at, xPitch, out + at);
            spread1(pixels, x + at, xPitch, out + at, next);
        }
    }

    private static void centre(int pixels, long x, long xPitch, long out) {
        int probes = Math.min(PROBES, pixels);
        long step = pixels / probes * xPitch;
        var first = FloatVector.fromMemorySegment(S, ALL, x, ORDER);
        var distance = FloatVector.zero(S);
        for (int p = 1; p < probes; p++) {
            distance = FloatVector.fromMemorySegment(S, ALL, x + p * step, ORDER).sub(first).add(distance);
        }
        Fold.certain(distance).mul(1f / probes).add(first).intoMemorySegment(ALL, out, ORDER);
    }

    private static void spread1(int pixels, long x, long xPitch, long out, long next) {
        var centre = FloatVector.fromMemorySegment(S, ALL, out, ORDER);
        var sum = FloatVector.zero(S);
        var squares = sum;
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(centre);
            sum = d.add(sum);
            squares = d.fma(d, squares);
        }
        Fold.certain(sum).intoMemorySegment(ALL, out + next, ORDER);
        Fold.certain(squares).intoMemorySegment(ALL, out + 2 * next, ORDER);
    }

    /** Four vectors side by side: whole cache lines of a pixel, and additions that need not wait for each other. */
    private static void spread4(int pixels, long x, long xPitch, long out, long next) {
        var centre0 = FloatVector.fromMemorySegment(S, ALL, out, ORDER);
        var centre1 = FloatVector.fromMemorySegment(S, ALL, out + 4L * L, ORDER);
        var centre2 = FloatVector.fromMemorySegment(S, ALL, out + 8L * L, ORDER);
        var centre3 = FloatVector.fromMemorySegment(S, ALL, out + 12L * L, ORDER);
        var sum0 = FloatVector.zero(S);
        var sum1 = sum0;
        var sum2 = sum0;
        var sum3 = sum0;
        var squares0 = sum0;
        var squares1 = sum0;
        var squares2 = sum0;
        var squares3 = sum0;
        for (int p = 0; p < pixels; p++) {
            long at = x + p * xPitch;
            var d0 = FloatVector.fromMemorySegment(S, ALL, at, ORDER).sub(centre0);
            var d1 = FloatVector.fromMemorySegment(S, ALL, at + 4L * L, ORDER).sub(centre1);
            var d2 = FloatVector.fromMemorySegment(S, ALL, at + 8L * L, ORDER).sub(centre2);
            var d3 = FloatVector.fromMemorySegment(S, ALL, at + 12L * L, ORDER).sub(centre3);
            sum0 = d0.add(sum0);
            sum1 = d1.add(sum1);
            sum2 = d2.add(sum2);
            sum3 = d3.add(sum3);
            squares0 = d0.fma(d0, squares0);
            squares1 = d1.fma(d1, squares1);
            squares2 = d2.fma(d2, squares2);
            squares3 = d3.fma(d3, squares3);
        }
        Fold.certain(sum0).intoMemorySegment(ALL, out + next, ORDER);
        Fold.certain(sum1).intoMemorySegment(ALL, out + next + 4L * L, ORDER);
        Fold.certain(sum2).intoMemorySegment(ALL, out + next + 8L * L, ORDER);
        Fold.certain(sum3).intoMemorySegment(ALL, out + next + 12L * L, ORDER);
        Fold.certain(squares0).intoMemorySegment(ALL, out + 2 * next, ORDER);
        Fold.certain(squares1).intoMemorySegment(ALL, out + 2 * next + 4L * L, ORDER);
        Fold.certain(squares2).intoMemorySegment(ALL, out + 2 * next + 8L * L, ORDER);
        Fold.certain(squares3).intoMemorySegment(ALL, out + 2 * next + 12L * L, ORDER);
    }

    @Override
    public void moments(int n, long x, float centre, long out) {
        int whole = n - n % L;
        scalar.moments(n - whole, x + 4L * whole, centre, out);
        if (whole > 0) {
            var sum = FloatVector.zero(S);
            var squares = sum;
            var sum1 = sum;
            var squares1 = sum;
            int i = 0;
            for (; i < whole - L; i += 2 * L) {
                var d = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).sub(centre);
                var d1 = FloatVector.fromMemorySegment(S, ALL, x + 4L * (i + L), ORDER).sub(centre);
                sum = d.add(sum);
                sum1 = d1.add(sum1);
                squares = d.fma(d, squares);
                squares1 = d1.fma(d1, squares1);
            }
            if (i < whole) {
                var d = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).sub(centre);
                sum = d.add(sum);
                squares = d.fma(d, squares);
            }
            Elements.setDouble(out, Elements.getDouble(out) + Fold.sum(Fold.certain(sum).add(sum1)));
            Elements.setDouble(out + 8, Elements.getDouble(out + 8) + Fold.sum(Fold.certain(squares).add(squares1)));
        }
    }

    @Override
    public void row(int n, long x, float mean, float rstd, long gamma, long beta, long y) {
        int whole = gamma == 0 || beta == 0 ? 0 : n - n % L;
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromMemorySegment(S, ALL, x + 4L * i, ORDER).sub(mean).mul(rstd)
                    .fma(FloatVector.fromMemorySegment(S, ALL, gamma + 4L * i, ORDER),
                            FloatVector.fromMemorySegment(S, ALL, beta + 4L * i, ORDER))
                    .intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
        ScalarNorm.row(whole, n, x, mean, rstd, gamma, beta, y);
    }

    @Override
    public void gradientSums(Activation act, int pixels, int channels, long x, long xPitch, long dy, long dyPitch,
                             long mean, long a, long b, long out, long second) {
        if (channels < L) {
            scalar.gradientSums(act, pixels, channels, x, xPitch, dy, dyPitch, mean, a, b, out, second);
            return;
        }
        for (int c = 0; c < channels; c += L) {
            long at = 4L * Math.min(c, channels - L);
            switch (act) {
                case NONE -> plainSums(pixels, x + at, xPitch, dy + at, dyPitch, mean + at, out + at, second);
                case RELU -> reluSums(pixels, x + at, xPitch, dy + at, dyPitch, mean + at, a + at, b + at, out + at,
                        second);
                case SILU -> siluSums(pixels, x + at, xPitch, dy + at, dyPitch, mean + at, a + at, b + at, out + at,
                        second);
            }
        }
    }

    private static void siluSums(int pixels, long x, long xPitch, long dy, long dyPitch, long mean, long a, long b,
                                 long out, long second) {
        var vmean = FloatVector.fromMemorySegment(S, ALL, mean, ORDER);
        var va = FloatVector.fromMemorySegment(S, ALL, a, ORDER);
        var vb = FloatVector.fromMemorySegment(S, ALL, b, ORDER);
        var one = FloatVector.broadcast(S, 1);
        var sum = FloatVector.zero(S);
        var product = sum;
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(vmean);
            var v = d.fma(va, vb);
            var s = one.div(VectorMath.onePlusExp(v.neg()));
            var dv = FloatVector.fromMemorySegment(S, ALL, dy + p * dyPitch, ORDER)
                    .mul(s.mul(v.fma(one.sub(s), one)));
            sum = dv.add(sum);
            product = dv.fma(d, product);
        }
        sum.intoMemorySegment(ALL, out, ORDER);
        product.intoMemorySegment(ALL, out + second, ORDER);
    }

    private static void plainSums(int pixels, long x, long xPitch, long dy, long dyPitch, long mean, long out,
                                  long second) {
        var vmean = FloatVector.fromMemorySegment(S, ALL, mean, ORDER);
        var sum = FloatVector.zero(S);
        var product = sum;
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(vmean);
            var dv = FloatVector.fromMemorySegment(S, ALL, dy + p * dyPitch, ORDER);
            sum = dv.add(sum);
            product = dv.fma(d, product);
        }
        Fold.certain(sum).intoMemorySegment(ALL, out, ORDER);
        Fold.certain(product).intoMemorySegment(ALL, out + second, ORDER);
    }

    private static void reluSums(int pixels, long x, long xPitch, long dy, long dyPitch, long mean, long a, long b,
                                 long out, long second) {
        var vmean = FloatVector.fromMemorySegment(S, ALL, mean, ORDER);
        var va = FloatVector.fromMemorySegment(S, ALL, a, ORDER);
        var vb = FloatVector.fromMemorySegment(S, ALL, b, ORDER);
        var sum = FloatVector.zero(S);
        var product = sum;
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(vmean);
            var passes = d.fma(va, vb).compare(VectorOperators.GT, 0);
            var dv = FloatVector.zero(S).blend(FloatVector.fromMemorySegment(S, ALL, dy + p * dyPitch, ORDER), passes);
            sum = dv.add(sum);
            product = dv.fma(d, product);
        }
        Fold.certain(sum).intoMemorySegment(ALL, out, ORDER);
        Fold.certain(product).intoMemorySegment(ALL, out + second, ORDER);
    }

    @Override
    public void gradient(Activation act, int pixels, int channels, long x, long xPitch, long dy, long dyPitch,
                         long mean, long a, long b, long k1, long k2, long k3, float dxBeta, long dx, long dxPitch) {
        int whole = channels - channels % L;
        for (long at = 0; at < 4L * whole; at += 4L * L) {
            switch (act) {
                case NONE -> plainGradient(pixels, x + at, xPitch, dy + at, dyPitch, mean + at, k1 + at, k2 + at,
                        k3 + at, dxBeta, dx + at, dxPitch);
                case RELU -> reluGradient(pixels, x + at, xPitch, dy + at, dyPitch, mean + at, a + at, b + at, k1 + at,
                        k2 + at, k3 + at, dxBeta, dx + at, dxPitch);
                case SILU -> siluGradient(pixels, x + at, xPitch, dy + at, dyPitch, mean + at, a + at, b + at, k1 + at,
                        k2 + at, k3 + at, dxBeta, dx + at, dxPitch);
            }
        }
        if (whole < channels) {
            ScalarNorm.gradient(act, pixels, whole, channels, x, xPitch, dy, dyPitch, mean, a, b, k1, k2, k3, dxBeta,
                    dx, dxPitch);
        }
    }

    private static void siluGradient(int pixels, long x, long xPitch, long dy, long dyPitch, long mean, long a, long b,
                                     long k1, long k2, long k3, float dxBeta, long dx, long dxPitch) {
        var vmean = FloatVector.fromMemorySegment(S, ALL, mean, ORDER);
        var va = FloatVector.fromMemorySegment(S, ALL, a, ORDER);
        var vb = FloatVector.fromMemorySegment(S, ALL, b, ORDER);
        var v1 = FloatVector.fromMemorySegment(S, ALL, k1, ORDER);
        var v2 = FloatVector.fromMemorySegment(S, ALL, k2, ORDER);
        var v3 = FloatVector.fromMemorySegment(S, ALL, k3, ORDER);
        var beta = FloatVector.broadcast(S, dxBeta);
        var one = FloatVector.broadcast(S, 1);
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(vmean);
            var v = d.fma(va, vb);
            var s = one.div(VectorMath.onePlusExp(v.neg()));
            var dv = FloatVector.fromMemorySegment(S, ALL, dy + p * dyPitch, ORDER)
                    .mul(s.mul(v.fma(one.sub(s), one)));
            var r = dv.fma(v1, d.fma(v2, v3));
            if (dxBeta == 0) {
                r.intoMemorySegment(ALL, dx + p * dxPitch, ORDER);
            } else {
                FloatVector.fromMemorySegment(S, ALL, dx + p * dxPitch, ORDER).fma(beta, r)
                        .intoMemorySegment(ALL, dx + p * dxPitch, ORDER);
            }
        }
    }

    private static void plainGradient(int pixels, long x, long xPitch, long dy, long dyPitch, long mean, long k1,
                                      long k2, long k3, float dxBeta, long dx, long dxPitch) {
        var vmean = FloatVector.fromMemorySegment(S, ALL, mean, ORDER);
        var v1 = FloatVector.fromMemorySegment(S, ALL, k1, ORDER);
        var v2 = FloatVector.fromMemorySegment(S, ALL, k2, ORDER);
        var v3 = FloatVector.fromMemorySegment(S, ALL, k3, ORDER);
        var beta = FloatVector.broadcast(S, dxBeta);
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(vmean);
            var dv = FloatVector.fromMemorySegment(S, ALL, dy + p * dyPitch, ORDER);
            var r = dv.fma(v1, d.fma(v2, v3));
            if (dxBeta == 0) {
                r.intoMemorySegment(ALL, dx + p * dxPitch, ORDER);
            } else {
                FloatVector.fromMemorySegment(S, ALL, dx + p * dxPitch, ORDER).fma(beta, r)
                        .intoMemorySegment(ALL, dx + p * dxPitch, ORDER);
            }
        }
    }

    private static void reluGradient(int pixels, long x, long xPitch, long dy, long dyPitch, long mean, long a, long b,
                                     long k1, long k2, long k3, float dxBeta, long dx, long dxPitch) {
        var vmean = FloatVector.fromMemorySegment(S, ALL, mean, ORDER);
        var va = FloatVector.fromMemorySegment(S, ALL, a, ORDER);
        var vb = FloatVector.fromMemorySegment(S, ALL, b, ORDER);
        var v1 = FloatVector.fromMemorySegment(S, ALL, k1, ORDER);
        var v2 = FloatVector.fromMemorySegment(S, ALL, k2, ORDER);
        var v3 = FloatVector.fromMemorySegment(S, ALL, k3, ORDER);
        var beta = FloatVector.broadcast(S, dxBeta);
        for (int p = 0; p < pixels; p++) {
            var d = FloatVector.fromMemorySegment(S, ALL, x + p * xPitch, ORDER).sub(vmean);
            var passes = d.fma(va, vb).compare(VectorOperators.GT, 0);
            var dv = FloatVector.zero(S).blend(FloatVector.fromMemorySegment(S, ALL, dy + p * dyPitch, ORDER), passes);
            var r = dv.fma(v1, d.fma(v2, v3));
            if (dxBeta == 0) {
                r.intoMemorySegment(ALL, dx + p * dxPitch, ORDER);
            } else {
                FloatVector.fromMemorySegment(S, ALL, dx + p * dxPitch, ORDER).fma(beta, r)
                        .intoMemorySegment(ALL, dx + p * dxPitch, ORDER);
            }
        }
    }

    @Override
    public void rowGradient(int n, long x, float mean, float rstd, long gamma, long dy, long dGamma, long dBeta,
                            float dxBeta, long dx) {
        if (gamma == 0 || n < L || n % L != 0) {
            scalar.rowGradient(n, x, mean, rstd, gamma, dy, dGamma, dBeta, dxBeta, dx);
            return;
        }
        var sum = FloatVector.zero(S);
        var product = sum;
        for (int i = 0; i < n; i += L) {
            long at = 4L * i;
            var u = FloatVector.fromMemorySegment(S, ALL, x + at, ORDER).sub(mean).mul(rstd);
            var g = FloatVector.fromMemorySegment(S, ALL, dy + at, ORDER);
            g.fma(u, FloatVector.fromMemorySegment(S, ALL, dGamma + at, ORDER))
                    .intoMemorySegment(ALL, dGamma + at, ORDER);
            g.add(FloatVector.fromMemorySegment(S, ALL, dBeta + at, ORDER)).intoMemorySegment(ALL, dBeta + at, ORDER);
            var t = g.mul(FloatVector.fromMemorySegment(S, ALL, gamma + at, ORDER));
            sum = t.add(sum);
            product = t.fma(u, product);
        }
        if (dx != 0) {
            rowGradient(n, x, mean, rstd, gamma, dy, (float) (Fold.sum(sum) / n), (float) (Fold.sum(product) / n),
                    dxBeta, dx);
        }
    }

    private static void rowGradient(int n, long x, float mean, float rstd, long gamma, long dy,
                                    float meanT, float meanProduct, float dxBeta, long dx) {
        var vproduct = FloatVector.broadcast(S, meanProduct);
        var beta = FloatVector.broadcast(S, dxBeta);
        for (int i = 0; i < n; i += L) {
            long at = 4L * i;
            var u = FloatVector.fromMemorySegment(S, ALL, x + at, ORDER).sub(mean).mul(rstd);
            var t = FloatVector.fromMemorySegment(S, ALL, dy + at, ORDER)
                    .mul(FloatVector.fromMemorySegment(S, ALL, gamma + at, ORDER));
            var r = u.neg().fma(vproduct, t.sub(meanT)).mul(rstd);
            if (dxBeta == 0) {
                r.intoMemorySegment(ALL, dx + at, ORDER);
            } else {
                FloatVector.fromMemorySegment(S, ALL, dx + at, ORDER).fma(beta, r)
                        .intoMemorySegment(ALL, dx + at, ORDER);
            }
        }
    }

    @Override
    public void average(int pixels, int channels, long top, long bottom, long xPitch, long y, long yPitch) {
        if (channels < L) {
            scalar.average(pixels, channels, top, bottom, xPitch, y, yPitch);
            return;
        }
        for (int p = 0; p < pixels; p++) {
            averagePixel(channels, top + 2 * p * xPitch, bottom + 2 * p * xPitch, xPitch, y + p * yPitch);
        }
    }

    private static void averagePixel(int channels, long top, long bottom, long next, long y) {
        for (int c = 0; c < channels; c += L) {
            long at = 4L * Math.min(c, channels - L);
            var above = FloatVector.fromMemorySegment(S, ALL, top + at, ORDER)
                    .add(FloatVector.fromMemorySegment(S, ALL, top + next + at, ORDER));
            var below = FloatVector.fromMemorySegment(S, ALL, bottom + at, ORDER)
                    .add(FloatVector.fromMemorySegment(S, ALL, bottom + next + at, ORDER));
            above.add(below).mul(0.25f).intoMemorySegment(ALL, y + at, ORDER);
        }
    }
}
