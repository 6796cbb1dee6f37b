package anneal.kernel.cpu;

import java.lang.foreign.Arena;
import java.util.Comparator;
import java.util.TreeSet;

/**
 * Blocks cut from regions of memory, each block from the smallest free one that is large enough (best fit, the lowest
 * address of equals); a block that comes back is joined with free neighbours. Not for several threads at once.
 */
final class Regions implements AutoCloseable {
    /** A region is at least so large, and at least {@link #SHARE} of all that there are. */
    private static final long SMALLEST = 1 << 18;
    private static final long SHARE = 8;
    private static final long LARGEST = 1 << 25;

    private final TreeSet<Block> free =
            new TreeSet<>(Comparator.comparingLong(Block::size).thenComparingLong(Block::address));
    private Block regions;
    private long bytes;

    /** What is told of memory that is fresh from the system. */
    interface Fresh {
        void region(long address, long size);
    }

    /** A part of a region, in use or free; and the first one of a region knows the next region's. */
    static final class Block {
        private final Arena region;
        private final long address;
        private long size;
        private Block before;
        private Block after;
        private Block nextRegion;
        private boolean isFree;

        private Block(Arena region, long address, long size) {
            this.region = region;
            this.address = address;
            this.size = size;
        }

        long address() {
            return address;
        }

        long size() {
            return size;
        }
    }

    /** Bytes in all regions. */
    long bytes() {
        return bytes;
    }

    /**
     * @param size a multiple of the alignment
     * @throws OutOfMemoryError if the system has no more
     */
    Block take(long size, Fresh fresh) {
        var block = free.ceiling(new Block(null, 0, size));
        if (block == null) {
            block = region(size, fresh);
        } else {
            free.remove(block);
        }
        block.isFree = false;
        if (block.size > size) {
            var rest = new Block(block.region, block.address + size, block.size - size);
            rest.before = block;
            rest.after = block.after;
            if (rest.after != null) {
                rest.after.before = rest;
            }
            block.after = rest;
            block.size = size;
            addFree(rest);
        }
        return block;
    }

    void giveBack(Block block) {
        var whole = block;
        if (block.after != null && block.after.isFree) {
            free.remove(block.after);
            swallowNext(block);
        }
        if (block.before != null && block.before.isFree) {
            whole = block.before;
            free.remove(whole);
            swallowNext(whole);
        }
        addFree(whole);
    }

    private void addFree(Block block) {
        block.isFree = true;
        free.add(block);
    }

    private static void swallowNext(Block block) {
        var next = block.after;
        block.size += next.size;
        block.after = next.after;
        if (next.after != null) {
            next.after.before = block;
        }
    }

    private Block region(long atLeast, Fresh fresh) {
        long size = Math.max(atLeast, Native.align(Math.clamp(bytes / SHARE, SMALLEST, LARGEST)));
        var arena = Arena.ofShared();
        try {
            var block = new Block(arena, Native.allocate(arena, size), size);
            bytes += size;
            block.nextRegion = regions;
            regions = block;
            fresh.region(block.address, size);
            return block;
        } catch (OutOfMemoryError e) {
            arena.close();
            throw e;
        }
    }

    /** Returns regions in which nothing is in use to the system. */
    void trim() {
        Block kept = null;
        for (var region = regions; region != null;) {
            var next = region.nextRegion;
            if (region.isFree && region.after == null) {
                free.remove(region);
                bytes -= region.size;
                region.region.close();
            } else {
                region.nextRegion = kept;
                kept = region;
            }
            region = next;
        }
        regions = kept;
    }

    /** Returns everything. */
    @Override
    public void close() {
        for (var region = regions; region != null; region = region.nextRegion) {
            region.region.close();
        }
        regions = null;
        free.clear();
        bytes = 0;
    }
}
