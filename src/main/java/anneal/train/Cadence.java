package anneal.train;

/**
 * How often a run reports; none of these changes what is trained. 0 is never (a run that ends is always saved).
 *
 * @param saveEvery    steps between checkpoints
 * @param logEvery     steps between lines of the log
 * @param previewEvery steps between pictures
 */
public record Cadence(int saveEvery, int logEvery, int previewEvery) {
    public Cadence {
        if (saveEvery < 0 || logEvery < 0 || previewEvery < 0) {
            throw new IllegalArgumentException("steps between saves, log lines and previews must be 0 (never) or more, "
                    + "got %d, %d and %d".formatted(saveEvery, logEvery, previewEvery));
        }
    }

    static boolean isDue(int every, int step) {
        return every > 0 && step % every == 0;
    }
}
