package anneal.kernel.cpu.scalar;

import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.PolyMath;
import anneal.kernel.cpu.SoftmaxLanes;

/** Softmax element by element; also what a vector provider runs for the ends of rows. */
public final class ScalarSoftmax implements SoftmaxLanes {
    @Override
    public double exponentials(int n, long x, float max, long y) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            float e = PolyMath.exp(Native.get(x + 4L * i) - max);
            if (y != 0) {
                Native.set(y + 4L * i, e);
            }
            sum += e;
        }
        return sum;
    }

    @Override
    public double dot(int n, long a, long b) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) Native.get(a + 4L * i) * Native.get(b + 4L * i);
        }
        return sum;
    }

    @Override
    public void gradient(boolean log, int n, long y, long dy, float sum, long dx) {
        for (int i = 0; i < n; i++) {
            float value = Native.get(y + 4L * i);
            float g = Native.get(dy + 4L * i);
            Native.set(dx + 4L * i, log ? Math.fma(PolyMath.exp(value), -sum, g) : value * (g - sum));
        }
    }
}
