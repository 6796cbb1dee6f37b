package anneal.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where each block of a step lies in one arena, worked out from a {@link AllocationTrace recorded} step: blocks that are
 * never in use at the same time share memory. Finding the smallest arena is dynamic storage allocation, which is
 * NP-hard; first fit by decreasing size comes within a few percent of what is in use at once (Pisarchyk and Lee,
 * "Efficient Memory Management for Deep Neural Net Inference", greedy by size).
 *
 * <p>Depends on the trace alone, so the same step has the same plan, on every device.
 */
public final class MemoryPlan {
    /** Blocks start at multiples of this many bytes, which suits vector loads, cache lines and GPUs. */
    static final long ALIGNMENT = 256;
    /** The offset of a block that outlives the step: it is not planned. */
    static final long NOT_PLANNED = -1;

    private final AllocationTrace trace;
    private final long[] offsets;
    private final long bytes;
    private final long liveBytes;

    /** Packs the blocks of {@code trace}, which must be complete. */
    MemoryPlan(AllocationTrace trace) {
        this.trace = trace;
        offsets = new long[trace.blocks()];
        bytes = pack();
        liveBytes = mostInUse();
    }

    /** Size of the arena. */
    public long bytes() {
        return bytes;
    }

    /** The most bytes of planned blocks that are in use at once: no arena can be smaller. */
    public long liveBytes() {
        return liveBytes;
    }

    /** Number of blocks that the step asks for. */
    public int blocks() {
        return offsets.length;
    }

    /** Where block {@code i} lies in the arena, or {@link #NOT_PLANNED}. */
    long offset(int i) {
        return offsets[i];
    }

    AllocationTrace trace() {
        return trace;
    }

    private long room(int block) {
        return (Math.max(1, trace.size(block)) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private boolean isPlanned(int block) {
        return trace.death(block) != AllocationTrace.OUTLIVES;
    }

    private long pack() {
        var largestFirst = IntStream.range(0, offsets.length).boxed()
                .sorted(Comparator.<Integer>comparingLong(this::room).reversed().thenComparing(i -> i)).toList();
        List<Integer> placed = new ArrayList<>();   // by offset
        long end = 0;
        for (int block : largestFirst) {
            offsets[block] = isPlanned(block) ? lowestGap(block, placed) : NOT_PLANNED;
            if (isPlanned(block)) {
                placed.add(firstAt(offsets[block], placed), block);
                end = Math.max(end, offsets[block] + room(block));
            }
        }
        return end;
    }

    /** The lowest offset at which nothing lies while {@code block} is in use. */
    private long lowestGap(int block, List<Integer> placed) {
        long gap = 0;
        for (int other : placed) {
            if (trace.birth(other) < trace.death(block) && trace.birth(block) < trace.death(other)) {
                if (offsets[other] - gap >= room(block)) {
                    break;
                }
                gap = Math.max(gap, offsets[other] + room(other));
            }
        }
        return gap;
    }

    private int firstAt(long offset, List<Integer> placed) {
        int low = 0;
        int high = placed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offsets[placed.get(middle)] < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long mostInUse() {
        var change = new long[trace.events()];
        for (int i = 0; i < offsets.length; i++) {
            if (isPlanned(i)) {
                change[trace.birth(i)] += room(i);
                change[trace.death(i)] -= room(i);
            }
        }
        long now = 0;
        long most = 0;
        for (long c : change) {
            now += c;
            most = Math.max(most, now);
        }
        return most;
    }
}
