package anneal.nn;

import anneal.tensor.Tensor;

/**
 * What all dropout layers of a model share: whether they are on, and where in the random sequence the step is. The
 * numbers depend on (seed, layer, sample, position) only, so a checkpointed block that runs twice drops the same.
 */
public final class DropoutState {
    /** Streams from here on are dropout layers'; noise and shuffles have theirs below. */
    private static final int FIRST_STREAM = 1 << 16;

    private int layers;
    private long seed;
    private Tensor sampleIndex;
    private Tensor position;

    /**
     * Turns dropout on. The tensors are read when a forward pass runs, so they may be overwritten from step to step.
     *
     * @param sampleIndex I32 [N], numbers of the batch's samples
     * @param position    I32 [1], the training step
     */
    public void train(long seed, Tensor sampleIndex, Tensor position) {
        this.seed = seed;
        this.sampleIndex = sampleIndex;
        this.position = position;
    }

    /** Turns dropout off, as a new state is. */
    public void evaluate() {
        sampleIndex = null;
        position = null;
    }

    public boolean isTraining() {
        return sampleIndex != null;
    }

    int newStream() {
        return FIRST_STREAM + layers++;
    }

    Tensor drop(Tensor x, double p, int stream) {
        return anneal.tensor.Dropout.dropout(x, p, seed, stream, sampleIndex, position);
    }
}
