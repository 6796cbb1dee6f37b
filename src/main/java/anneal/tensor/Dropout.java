package anneal.tensor;

import anneal.kernel.MapOp;
import anneal.kernel.RandomSpec;

/**
 * Zeroes each element with probability {@code p} and scales the rest by 1/(1-p). The draw is keyed by the sample's number
 * and the position (the training step), so it can be made again.
 */
public record Dropout(double p, long seed, int stream) implements Op {
    /**
     * @param x           [N, ..]
     * @param sampleIndex I32 [N], numbers of the samples
     * @param position    I32 [1], position in the random sequence
     */
    public static Tensor dropout(Tensor x, double p, long seed, int stream, Tensor sampleIndex, Tensor position) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout probability " + p + "; 0 <= p < 1 is needed");
        }
        return p == 0 ? x : Op.apply(new Dropout(p, seed, stream), x, sampleIndex, position);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor keep = c.device().empty(in[0].shape());
        c.kernels().random(new RandomSpec(RandomSpec.Kind.UNIFORM, seed, stream), in[1].buf(), in[2].buf(), keep.buf());
        c.kernels().map(MapOp.of(MapOp.Fn.LESS, p, 0), keep.buf(), keep.buf());
        c.kernels().map(MapOp.of(MapOp.Fn.AFFINE, -1 / (1 - p), 1 / (1 - p)), keep.buf(), keep.buf());
        keep = keep.as(in[0].dtype());
        c.save(keep);
        return in[0].detach().mul(keep);
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        return new Tensor[] {g.mul(c.saved(0)), null, null};
    }
}
