package anneal.kernel;

/**
 * Draws from Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011), keyed so that the batch
 * size does not change a sample's numbers: key = the two halves of {@code seed}, counter = (block, position, sample,
 * stream); block b gives elements 4b .. 4b+3 of the sample.
 *
 * @param stream what the numbers are for; see the callers' enums
 */
public record RandomSpec(Kind kind, long seed, int stream) {
    /** Distribution: standard normal (Box-Muller on pairs), or uniform on [0, 1) with 24 bits. */
    public enum Kind { NORMAL, UNIFORM }
}
