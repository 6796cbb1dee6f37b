package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.cpu.OptimizerLanes;
import anneal.kernel.cpu.scalar.ScalarOptimizer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link OptimizerLanes} on vectors. */
final class PanamaOptimizer implements OptimizerLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private final ScalarOptimizer scalar = new ScalarOptimizer();

    @Override
    public void adamw(Step s, int n, long p, long g, long m, long v) {
        int whole = n - n % L;
        var first = FloatVector.broadcast(S, s.first());
        var root = FloatVector.broadcast(S, s.root());
        var eps = FloatVector.broadcast(S, s.eps());
        var step = FloatVector.broadcast(S, -s.step());
        for (int i = 0; i < whole; i += L) {
            long at = 4L * i;
            var vg = FloatVector.fromMemorySegment(S, ALL, g + at, ORDER).mul(s.gradient());
            var vm = FloatVector.fromMemorySegment(S, ALL, m + at, ORDER);
            vm = vg.sub(vm).fma(first, vm);
            var vv = vg.mul(s.second()).fma(vg, FloatVector.fromMemorySegment(S, ALL, v + at, ORDER).mul(s.beta2()));
            vm.div(vv.sqrt().fma(root, eps))
                    .fma(step, FloatVector.fromMemorySegment(S, ALL, p + at, ORDER).mul(s.decay()))
                    .intoMemorySegment(ALL, p + at, ORDER);
            vm.intoMemorySegment(ALL, m + at, ORDER);
            vv.intoMemorySegment(ALL, v + at, ORDER);
        }
        long rest = 4L * whole;
        scalar.adamw(s, n - whole, p + rest, g + rest, m + rest, v + rest);
    }

    @Override
    public void average(int n, float weight, long p, long ema) {
        int whole = n - n % L;
        var w = FloatVector.broadcast(S, weight);
        for (int i = 0; i < whole; i += L) {
            var e = FloatVector.fromMemorySegment(S, ALL, ema + 4L * i, ORDER);
            FloatVector.fromMemorySegment(S, ALL, p + 4L * i, ORDER).sub(e).fma(w, e)
                    .intoMemorySegment(ALL, ema + 4L * i, ORDER);
        }
        scalar.average(n - whole, weight, p + 4L * whole, ema + 4L * whole);
    }
}
