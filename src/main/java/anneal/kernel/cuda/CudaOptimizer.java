package anneal.kernel.cuda;

import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.cuda.driver.Grid;

/** Launches of kernels/optimizer.cu. */
final class CudaOptimizer {
    private static final int THREADS = 256;
    /** Threads then take several elements each. */
    private static final int BLOCKS = 2048;
    /** As many as the kernel's parameters have room for. */
    private static final int AVERAGES = 8;

    private final CudaContext cuda;

    CudaOptimizer(CudaContext cuda) {
        this.cuda = cuda;
    }

    void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment, Buf[] emas) {
        if (emas.length > AVERAGES) {
            throw new IllegalArgumentException(emas.length + " moving averages; cuda has room for " + AVERAGES);
        }
        long n = parameters.shape().size();
        if (n == 0) {
            return;
        }
        var averages = new Fields();
        for (int i = 0; i < AVERAGES; i++) {
            averages.operand(i < emas.length ? emas[i] : null);
        }
        averages.add((long) emas.length);
        cuda.launch("adamw", Grid.of((int) Math.min(BLOCKS, (n + THREADS - 1) / THREADS)), THREADS, 0,
                new Fields().add(s.beta1(), s.beta2(), s.eps(), s.weightDecay()).struct(), hyper,
                hyper.type() == DType.F64 ? 1 : 0, n, Fields.ofOperand(parameters), Fields.ofOperand(gradients),
                Fields.ofOperand(firstMoment), Fields.ofOperand(secondMoment), averages.struct());
    }
}
