package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.ReduceOp;

/** {@link anneal.kernel.Kernels#softmax} and its gradient, a row at a time. */
final class SoftmaxKernel {
    private final CpuContext cpu;

    SoftmaxKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void forward(boolean log, Buf x, Buf y) {
        int n = x.shape().last();
        eachRow(x, row -> {
            long from = x.address() + 4 * row * x.rowPitch();
            long to = y.address() + 4 * row * y.rowPitch();
            float max = (float) fold(ReduceOp.Fn.MAX, from, n);
            double sum = cpu.lanes().softmax().exponentials(n, from, max, log ? 0 : to);
            if (log) {
                // two steps: the largest may be so large that adding the logarithm to it would round it away
                affine(1, -max, n, from, to);
                affine(1, -StrictMath.log(sum), n, to, to);
            } else {
                affine(1 / sum, 0, n, to, to);
            }
        });
    }

    void backward(boolean log, Buf y, Buf dy, Buf dx) {
        int n = y.shape().last();
        eachRow(y, row -> {
            long value = y.address() + 4 * row * y.rowPitch();
            long gradient = dy.address() + 4 * row * dy.rowPitch();
            double sum = log ? fold(ReduceOp.Fn.SUM, gradient, n) : dot(value, gradient, n);
            long to = dx.address() + 4 * row * dx.rowPitch();
            cpu.lanes().softmax().gradient(log, n, value, gradient, (float) sum, to);
        });
    }

    private double fold(ReduceOp.Fn fn, long at, int n) {
        double r = ReduceLanes.identity(fn);
        for (int i = 0; i < n; i += ReduceLanes.ROW) {
            double piece = cpu.lanes().reduce().row(fn, at + 4L * i, Math.min(ReduceLanes.ROW, n - i));
            r = fn == ReduceOp.Fn.MAX ? Math.max(r, piece) : r + piece;
        }
        return r;
    }

    private double dot(long a, long b, int n) {
        double r = 0;
        for (int i = 0; i < n; i += ReduceLanes.ROW) {
            r += cpu.lanes().softmax().dot(Math.min(ReduceLanes.ROW, n - i), a + 4L * i, b + 4L * i);
        }
        return r;
    }

    private void affine(double p, double q, int n, long from, long to) {
        cpu.lanes().pointwise().apply(MapOp.of(Fn.AFFINE, p, q), n, to, 4, from, 4, 0, 0, 0, 0);
    }

    private interface Row {
        void run(long row);
    }

    private void eachRow(Buf x, Row body) {
        if (x.shape().size() > 0) {
            cpu.threads().ranges(x.shape().rows(), NormKernel.grain(4L * x.shape().last()), (from, to, _) -> {
                for (long i = from; i < to; i++) {
                    body.run(i);
                }
            });
        }
    }
}
