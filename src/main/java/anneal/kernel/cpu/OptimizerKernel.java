package anneal.kernel.cpu;

import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;

/** {@link anneal.kernel.Kernels#adamw}: piece by piece, so that the averages find the new parameters in the cache. */
final class OptimizerKernel {
    private static final int PIECE = 4096;
    /** Where in the numbers of a step the weights of the averages begin. */
    private static final int AVERAGES = 3;

    private final CpuContext cpu;

    OptimizerKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
               Buf[] emas) {
        var step = step(s, hyper(hyper, 0), hyper(hyper, 1), hyper(hyper, 2));
        var weights = new float[emas.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) hyper(hyper, AVERAGES + i);
        }
        var lanes = cpu.lanes().optimizer();
        cpu.threads().ranges(parameters.shape().size(), PIECE, (from, to, _) -> {
            int n = (int) (to - from);
            long at = 4 * from;
            lanes.adamw(step, n, parameters.address() + at, gradients.address() + at, firstMoment.address() + at,
                    secondMoment.address() + at);
            for (int i = 0; i < emas.length; i++) {
                lanes.average(n, weights[i], parameters.address() + at, emas[i].address() + at);
            }
        });
    }

    private static double hyper(Buf b, int i) {
        return Elements.get(b.type(), b.address() + (long) i * b.type().bytes());
    }

    private static OptimizerLanes.Step step(AdamWSpec s, double learningRate, double t, double gradient) {
        double correction1 = 1 - StrictMath.pow(s.beta1(), t);
        double correction2 = 1 - StrictMath.pow(s.beta2(), t);
        return new OptimizerLanes.Step((float) gradient, (float) (1 - s.beta1()), (float) s.beta2(),
                (float) (1 - s.beta2()), (float) (1 - learningRate * s.weightDecay()),
                (float) (learningRate / correction1), (float) (1 / Math.sqrt(correction2)), (float) s.eps());
    }
}
