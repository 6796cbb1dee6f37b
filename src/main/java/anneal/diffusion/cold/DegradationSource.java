package anneal.diffusion.cold;

/**
 * Degradations of one kind, whose random parts (mask centres, snow, noise) every batch draws anew.
 *
 * @param steps T of each of them
 * @param draw  makes them
 */
public record DegradationSource(int steps, Draw draw) {
    /** See {@link #forBatch}. */
    @FunctionalInterface
    public interface Draw {
        Degradation forBatch(long seed, int stream, int position, int... samples);
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
