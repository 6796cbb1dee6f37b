package anneal.tensor;

/** softmax, or its logarithm, over the last axis. */
public record Softmax(boolean log) implements Op {
    public static Tensor softmax(Tensor x) {
        return Op.apply(new Softmax(false), x);
    }

    public static Tensor logSoftmax(Tensor x) {
        return Op.apply(new Softmax(true), x);
    }

    /**
     * Cross entropy of each row: -log softmax(logits)[label].
     *
     * @param logits [N, K]
     * @param labels I32 [N]
     * @return [N], in nats
     */
    public static Tensor crossEntropy(Tensor logits, Tensor labels) {
        return logProbability(logits, labels).neg();
    }

    /** log softmax(logits)[label] of each row, [N]: log p(y | x). */
    public static Tensor logProbability(Tensor logits, Tensor labels) {
        return logSoftmax(logits).mul(Embedding.oneHot(labels, logits.dim(1))).sum(false, 1);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor y = c.device().empty(in[0].dtype(), in[0].shape());
        c.kernels().softmax(log, in[0].buf(), y.buf());
        c.save(y);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor dx = c.device().empty(g.dtype(), g.shape());
        c.kernels().softmaxBackward(log, c.saved(0).buf(), g.buf(), dx.buf());
        return new Tensor[] {dx};
    }
}
