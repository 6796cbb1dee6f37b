package anneal.study.predict;

import anneal.kernel.Precision;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A kernel, what it was counted to do, and how long that should take an H100 at least.
 *
 * @param call         in which it was counted
 * @param blocks       of the launch
 * @param threads      of a block
 * @param blocksRun    of the blocks, those that were counted; what follows is of all, as if the others did the same
 * @param asked        bytes of device memory that threads read and write
 * @param fetched      bytes of the sectors of 32 that each block touches
 * @param moved        bytes of the sectors that each instruction of a warp touches
 * @param passes       over the banks of shared memory
 * @param conflicts    those of them that were not needed if no two lanes met in a bank
 * @param multiplyAdds on tensor cores
 * @param flops        of the direct way; 0 where memory is all that counts
 * @param bytes        that have to be moved at least
 * @param predicted    microseconds
 * @param bound        the part that takes so long
 * @param measured     microseconds on a GPU; null where there was none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KernelRow(String family, String kernel, String call, Precision precision, long blocks, int threads,
                        long blocksRun, long asked, long fetched, long moved, long passes, long conflicts,
                        long multiplyAdds, double flops, double bytes, double predicted, String bound, Double measured) {

    KernelRow with(Double microseconds) {
        return new KernelRow(family, kernel, call, precision, blocks, threads, blocksRun, asked, fetched, moved, passes,
                conflicts, multiplyAdds, flops, bytes, predicted, bound, microseconds);
    }

    /** Whether a launch is the one that was counted. */
    boolean isOf(Launch l) {
        return kernel.equals(l.kernel()) && call.equals(l.call().what()) && precision == l.call().precision()
                && blocks == l.blocks() && threads == l.block();
    }
}
