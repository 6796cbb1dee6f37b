package anneal.kernel.reference;

import anneal.kernel.Buf;

/** Softmax and its logarithm over the last axis, and their gradients from the output. */
final class ReferenceSoftmax {
    private ReferenceSoftmax() {
    }

    static void forward(boolean log, Buf xBuf, Buf yBuf) {
        var x = Values.read(xBuf);
        int columns = xBuf.shape().last();
        for (int from = 0; from < x.length; from += columns) {
            double lse = logSumExp(x, from, from + columns);
            for (int i = from; i < from + columns; i++) {
                x[i] = log ? x[i] - lse : StrictMath.exp(x[i] - lse);
            }
        }
        Values.write(x, yBuf);
    }

    /** y (dy - sum(y dy)), or dy - exp(y) sum(dy) for the logarithm. */
    static void backward(boolean log, Buf yBuf, Buf dyBuf, Buf dxBuf) {
        var y = Values.read(yBuf);
        var dy = Values.read(dyBuf);
        var dx = new double[y.length];
        int columns = yBuf.shape().last();
        for (int from = 0; from < y.length; from += columns) {
            double sum = 0;
            for (int i = from; i < from + columns; i++) {
                sum += log ? dy[i] : y[i] * dy[i];
            }
            for (int i = from; i < from + columns; i++) {
                dx[i] = log ? dy[i] - StrictMath.exp(y[i]) * sum : y[i] * (dy[i] - sum);
            }
        }
        Values.write(dx, dxBuf);
    }

    /** log(sum of exp(x[from..to))), the largest taken out first; minus infinity when all are. */
    static double logSumExp(double[] x, int from, int to) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, x[i]);
        }
        if (largest == Double.NEGATIVE_INFINITY) {
            return largest;
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += StrictMath.exp(x[i] - largest);
        }
        return largest + StrictMath.log(sum);
    }
}
