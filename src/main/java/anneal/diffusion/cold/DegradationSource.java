package anneal.diffusion.cold;

/**
 * Degradations of one kind, of which every batch may have its own: random parts (mask centres, snow, noise) are drawn
 * anew.
 *
 * @param steps T of each of them
 * @param fixed whether all batches have the same
 * @param draw  makes them
 */
public record DegradationSource(int steps, boolean fixed, Draw draw) {
    /** See {@link #forBatch}. */
    @FunctionalInterface
    public interface Draw {
        Degradation forBatch(long seed, int stream, int position, int... samples);
    }

    /** Degradations with random parts. */
    public DegradationSource(int steps, Draw draw) {
        this(steps, false, draw);
    }

    /** The same degradation for all batches. */
    public static DegradationSource always(Degradation degradation) {
        return new DegradationSource(degradation.steps(), true, (seed, stream, position, samples) -> degradation);
    }

    /**
     * The degradation of a batch, in the current scope. The same arguments give the same degradation.
     *
     * @param stream   the caller's number for this use of randomness
     * @param position of the batch, such as a training step
     * @param samples  numbers of the images, in batch order
     */
    public Degradation forBatch(long seed, int stream, int position, int... samples) {
        return draw.forBatch(seed, stream, position, samples);
    }
}
