package anneal.kernel.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * What the launches of one kernel moved and met, counted by a simulator that was built for it ({@code tools/build-kernels
 * target counting}, native/counts.cpp).
 *
 * @param asked          bytes of device memory that its threads read and wrote
 * @param sectors        of 32 bytes of device memory that its warps' instructions touched; caches are not modelled
 * @param passes         over the 32 banks of shared memory
 * @param leastPasses    as many as it would take if no lanes met in a bank
 * @param barriers       of whole blocks
 * @param multiplyAdds   on tensor cores
 * @param distinctSectors sectors that a block touched, each once, of all blocks together
 */
public record KernelCounts(String kernel, long blocks, long threads, long asked, long sectors, long passes,
                           long leastPasses, long barriers, long warpBarriers, long multiplyAdds, long distinctSectors) {
    private static final int SECTOR = 32;

    /** Of the launches of this process since the last call, a record for each kernel; empty if nobody counts. */
    public static List<KernelCounts> taken() {
        if (SimLibrary.missing().isPresent()) {
            return List.of();
        }
        try {
            var lines = SimLibrary.text((MemorySegment) SimLibrary.COUNTS.invokeExact());
            return lines.lines().map(KernelCounts::parse).toList();
        } catch (Throwable e) {
            throw SimLibrary.impossible(e);
        }
    }

    private static KernelCounts parse(String line) {
        var fields = line.split("\t");
        long[] n = Arrays.stream(fields).skip(1).mapToLong(Long::parseLong).toArray();
        return new KernelCounts(fields[0], n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]);
    }

    /** Bytes of the sectors. */
    public long moved() {
        return SECTOR * sectors;
    }

    /** Bytes of the sectors that a cache of each block's own would have to fetch. */
    public long fetched() {
        return SECTOR * distinctSectors;
    }

    /** Of several kernels together. */
    public KernelCounts plus(KernelCounts o) {
        return new KernelCounts(kernel, blocks + o.blocks, threads + o.threads, asked + o.asked, sectors + o.sectors,
                passes + o.passes, leastPasses + o.leastPasses, barriers + o.barriers, warpBarriers + o.warpBarriers,
                multiplyAdds + o.multiplyAdds, distinctSectors + o.distinctSectors);
    }
}
