package anneal.kernel.cuda;

import anneal.kernel.Precision;
import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.Driver;
import anneal.kernel.cuda.driver.Grid;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Runs the kernels of kernels/fragments.cu, which no operation uses, on one warp. */
final class Fragments implements AutoCloseable {
    static final int LANES = 32;
    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT;

    private final Driver driver;
    private final CudaMemory memory;
    private final CudaContext cuda;

    /** Takes the driver over. */
    Fragments(Driver driver) {
        this.driver = driver;
        memory = new CudaMemory(driver, false);
        cuda = new CudaContext(driver, memory, Precision.FP32);
    }

    /**
     * @param out  what the first argument holds before
     * @param in   the next arguments: int[] for memory, anything else as it is
     * @return what the first argument holds after
     */
    int[] run(String kernel, int sharedBytes, int[] out, Object... in) {
        var held = new ArrayList<Storage>();
        try {
            var arguments = new ArrayList<Object>(List.of(upload(out, held)));
            for (var argument : in) {
                arguments.add(argument instanceof int[] words ? upload(words, held) : argument);
            }
            cuda.launch(kernel, Grid.of(1), LANES, sharedBytes, arguments.toArray());
            var host = driver.pinned((long) out.length * Integer.BYTES);
            driver.toHost(host, held.getFirst().address(), host.byteSize());
            driver.synchronize();
            return host.toArray(WORD);
        } finally {
            held.forEach(Storage::release);
        }
    }

    private Storage upload(int[] words, List<Storage> held) {
        var storage = memory.allocate((long) words.length * Integer.BYTES);
        held.add(storage);
        var host = driver.pinned((long) words.length * Integer.BYTES);
        MemorySegment.copy(words, 0, host, WORD, 0, words.length);
        driver.toDevice(storage.address(), host, host.byteSize());
        driver.synchronize();
        return storage;
    }

    @Override
    public void close() {
        memory.close();
        cuda.close();
        driver.close();
    }
}
