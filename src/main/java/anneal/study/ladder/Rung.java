package anneal.study.ladder;

/**
 * One version of a kernel.
 *
 * @param name  of its file in kernels/ladder without ending, or {@code ships}
 * @param what  what is new in it, in a few words
 * @param launch enqueues it; throws IllegalArgumentException in one line if it cannot do the problem's shape
 */
public record Rung(String name, String what, Runnable launch) {
}
