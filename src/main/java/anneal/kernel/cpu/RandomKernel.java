package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.RandomSpec;

/** {@link anneal.kernel.Kernels#random}: every element depends on its own counter only, so any split gives the same. */
final class RandomKernel {
    private static final int PIECE = 4096;

    private final CpuContext cpu;

    RandomKernel(CpuContext cpu) {
        this.cpu = cpu;
    }

    void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        if (out.shape().size() == 0) {
            return;
        }
        long perSample = out.shape().size() / out.shape().dim(0);
        long pieces = (perSample + PIECE - 1) / PIECE;
        int at = Elements.getInt(position.address());
        cpu.threads().ranges(out.shape().dim(0) * pieces, Math.max(1, PIECE / perSample), (from, to, _) -> {
            for (long i = from; i < to; i++) {
                long row = i / pieces;
                long first = i % pieces * PIECE;
                cpu.lanes().random().draw(s, at, Elements.getInt(sampleIndex.address() + 4 * row), (int) (first / 4),
                        (int) Math.min(PIECE, perSample - first), out.address() + 4 * (row * perSample + first));
            }
        });
    }
}
