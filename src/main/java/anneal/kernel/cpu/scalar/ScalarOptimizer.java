package anneal.kernel.cpu.scalar;

import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.OptimizerLanes;

/** The optimiser element by element; also what a vector provider runs for the end of an arena. */
public final class ScalarOptimizer implements OptimizerLanes {
    @Override
    public void adamw(Step s, int n, long p, long g, long m, long v) {
        for (int i = 0; i < n; i++) {
            long at = 4L * i;
            float gradient = Native.get(g + at) * s.gradient();
            float first = Native.get(m + at);
            first = Math.fma(gradient - first, s.first(), first);
            float second = Math.fma(gradient * s.second(), gradient, Native.get(v + at) * s.beta2());
            float divisor = Math.fma((float) Math.sqrt(second), s.root(), s.eps());
            Native.set(p + at, Math.fma(first / divisor, -s.step(), Native.get(p + at) * s.decay()));
            Native.set(m + at, first);
            Native.set(v + at, second);
        }
    }

    @Override
    public void average(int n, float weight, long p, long ema) {
        for (int i = 0; i < n; i++) {
            float e = Native.get(ema + 4L * i);
            Native.set(ema + 4L * i, Math.fma(Native.get(p + 4L * i) - e, weight, e));
        }
    }
}
