package anneal.kernel;

import java.util.Arrays;

/**
 * What a step asked of the memory, in order: event after event a block is born or dies. A block is known by its number,
 * counted from 0 in the order of birth.
 */
final class AllocationTrace {
    /** Death of a block that was in use when the step ended. */
    static final int OUTLIVES = Integer.MAX_VALUE;
    private static final int BIRTH = -1;

    private int[] happened = new int[64];
    private int events;
    private long[] sizes = new long[32];
    private int[] births = new int[32];
    private int[] deaths = new int[32];
    private int blocks;

    /** A block of {@code bytes} bytes is asked for; returns its number. */
    int born(long bytes) {
        if (blocks == sizes.length) {
            sizes = Arrays.copyOf(sizes, 2 * blocks);
            births = Arrays.copyOf(births, 2 * blocks);
            deaths = Arrays.copyOf(deaths, 2 * blocks);
        }
        sizes[blocks] = bytes;
        births[blocks] = events;
        deaths[blocks] = OUTLIVES;
        happen(BIRTH);
        return blocks++;
    }

    void died(int block) {
        deaths[block] = events;
        happen(block);
    }

    private void happen(int what) {
        if (events == happened.length) {
            happened = Arrays.copyOf(happened, 2 * events);
        }
        happened[events++] = what;
    }

    int events() {
        return events;
    }

    int blocks() {
        return blocks;
    }

    long size(int block) {
        return sizes[block];
    }

    /** Number of the event. */
    int birth(int block) {
        return births[block];
    }

    /** Number of the event, or {@link #OUTLIVES}. */
    int death(int block) {
        return deaths[block];
    }

    /** Whether event {@code i} is the birth of block {@code block} of that size. */
    boolean isBirth(int i, int block, long bytes) {
        return i < events && happened[i] == BIRTH && sizes[block] == bytes;
    }

    /** Whether event {@code i} is the death of {@code block}. */
    boolean isDeath(int i, int block) {
        return i < events && happened[i] == block;
    }
}
