package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.cuda.vendor.VendorLibraries;
import anneal.tensor.Device;
import java.util.Map;
import java.util.SequencedMap;

/** One computation that both sides do. */
public interface Item {
    /** A line of the table, and what {@code --only} selects by, such as {@code conv3x3/8x32x32x128/forward}. */
    String name();

    /** What the peer builds the same computation from; {@code kind} names the function of {@code items.py}. */
    Map<String, Object> spec();

    /** Numbers that both sides compute with, the same in every run; images are [N, H, W, C]. */
    Numbers numbers();

    /** Those numbers, in float32. */
    default SequencedMap<String, TensorData> inputs() {
        return numbers().tensors(false);
    }

    /** Our side, ready to run on {@code device}. */
    Ours prepare(Device device, Map<String, TensorData> inputs);

    /**
     * The same by cuBLAS and cuDNN on memory of {@code device}; null where they have nothing for it. A call throws
     * {@link NotTaken} if the libraries refuse this one.
     */
    default Ours byLibrary(Device device, VendorLibraries libraries, Map<String, TensorData> inputs) {
        return null;
    }

    /** A library's answer that it does not do this. */
    final class NotTaken extends RuntimeException {
        public static void unless(boolean taken) {
            if (!taken) {
                throw new NotTaken();
            }
        }

        private NotTaken() {
            super("the library does not take it");
        }
    }

    /** What a call does, for its rate. */
    Work work();

    /** Multiplications and additions of a call, of the direct algorithm; 0 where they do not matter or are not known. */
    default double flops() {
        return 0;
    }

    /** How many numbers a call has to read or write at least. */
    double elements();

    /** How far apart the results of the two may be: ||ours - peer|| / ||peer||, for each tensor. */
    double tolerance();

    /** Whether it is a whole network, of which the peak memory is measured too. */
    default boolean isNetwork() {
        return false;
    }

    /**
     * What a call does.
     *
     * @param amount in units, such as 2.1 GFLOP; multiplications and additions are those of the direct algorithm, and
     *               bytes those that have to move at least
     * @param unit   of the rate: GFLOP/s, GB/s or images/s
     */
    record Work(double amount, String unit) {
        private static final double BILLION = 1e9;

        static Work flops(double flops) {
            return new Work(flops / BILLION, "GFLOP/s");
        }

        static Work bytes(double bytes) {
            return new Work(bytes / BILLION, "GB/s");
        }

        static Work images(int images) {
            return new Work(images, "images/s");
        }

        double rate(double seconds) {
            return amount / seconds;
        }
    }

    /** How our side convolves. */
    default ConvAlgorithm convolution() {
        return ConvAlgorithm.AUTO;
    }
}
