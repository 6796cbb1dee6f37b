package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.Driver;
import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.driver.Grid;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What every family of kernels of one device shares: launches, memory for intermediate results, the precision. */
final class CudaContext implements AutoCloseable {
    private static final int MOST_ARGUMENTS = 64;
    /** CUDA's own limit. */
    private static final int MOST_ARGUMENT_BYTES = 4096;

    private final Driver driver;
    private final CudaMemory memory;
    private final Precision precision;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment values = arena.allocate(MOST_ARGUMENT_BYTES, Long.BYTES);
    private final MemorySegment pointers = arena.allocate((long) MOST_ARGUMENTS * Long.BYTES, Long.BYTES);
    private final Map<String, Kernel> kernels = new HashMap<>();
    private long graphLaunches;
    private LaunchWatcher watcher;

    /** A kernel's handle and how often it was launched. */
    private static final class Kernel {
        final long handle;
        long launches;

        Kernel(long handle) {
            this.handle = handle;
        }
    }

    CudaContext(Driver driver, CudaMemory memory, Precision precision) {
        this.driver = driver;
        this.memory = memory;
        this.precision = precision;
    }

    /** Bytes of shared memory that a block can have at most, a kernel's own included. */
    int sharedBytes() {
        return driver.sharedBytes();
    }

    Precision precision() {
        return precision;
    }

    DType floatType() {
        return precision.floatType();
    }

    /** How a kernel's name ends for elements of this buffer's type: {@code _f32}, {@code _bf16}, ... */
    static String suffix(Buf b) {
        return suffix(b.type());
    }

    static String suffix(DType type) {
        return switch (type) {
            case F32 -> "_f32";
            case BF16 -> "_bf16";
            case F64 -> "_f64";
            case I32 -> "_i32";
        };
    }

    /** Blocks that give each of {@code items} a thread, within CUDA's limit: kernels loop over what is more. */
    static Grid gridFor(long items, int block) {
        return Grid.of((int) Math.min((items + block - 1) / block, Integer.MAX_VALUE));
    }

    /** Memory for a temporary. Its holder may release it before the kernels that use it have run: reuse is in order. */
    Storage scratch(long bytes) {
        return memory.allocate(bytes);
    }

    /**
     * Enqueues a kernel on one-dimensional blocks.
     *
     * @param args in the order of the kernel's parameters: {@link Buf} for a pointer to its first element, null for a
     *             null pointer, {@link Storage} for its start, Integer, Long, Float, Double, or a struct by value from
     *             {@link Struct#of}
     * @throws DriverException naming kernel, grid, block and arguments when the driver refuses
     */
    void launch(String kernel, Grid grid, int block, int sharedBytes, Object... args) {
        var sizes = new int[args.length];
        long at = 0;
        for (int i = 0; i < args.length; i++) {
            if (args[i] instanceof Struct struct) {
                struct.write(values, at);
                sizes[i] = struct.bytes();
            } else {
                var value = args[i] instanceof Storage s ? (Object) s.address() : args[i];
                Struct.put(values, at, value);
                sizes[i] = Struct.elementBytes(value);
            }
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + at);
            at += (sizes[i] + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
        }
        try {
            var k = kernels.computeIfAbsent(kernel, name -> new Kernel(driver.kernel(name)));
            driver.launch(k.handle, grid, block, sharedBytes, pointers, sizes);
            k.launches++;
            if (watcher != null) {
                watcher.launched(kernel, grid, block,
                        () -> driver.launch(k.handle, grid, block, sharedBytes, pointers, sizes));
            }
        } catch (DriverException e) {
            throw new DriverException(driver.name() + ": kernel " + kernel + ", grid " + grid + ", block " + block
                    + ", " + sharedBytes + " bytes shared, arguments " + Arrays.stream(args).map(CudaContext::describe)
                    .collect(Collectors.joining(", ", "(", ")")) + ": " + e.getMessage());
        }
    }

    /** From now on {@code who} is told of every launch; null ends that. */
    void watch(LaunchWatcher who) {
        watcher = who;
    }

    /** Counts work that was enqueued by others than {@link #launch}, under a name that no kernel has. */
    void count(String name) {
        kernels.computeIfAbsent(name, n -> new Kernel(0)).launches++;
    }

    private static String describe(Object argument) {
        return switch (argument) {
            case null -> "null";
            case Buf b -> b.type() + " " + b.shape() + (b.isDense() ? "" : " pitch " + b.rowPitch());
            case Storage s -> s.bytes() + " bytes";
            case Struct s -> "struct of " + s.bytes() + " bytes";
            default -> argument.toString();
        };
    }

    long graphLaunches() {
        return graphLaunches;
    }

    /** Counts the launches of a graph once more. */
    void count(Map<String, Long> graph) {
        graphLaunches++;
        graph.forEach((name, n) -> kernels.get(name).launches += n);
    }

    /** Takes back the counts of launches that were recorded and not done. */
    Map<String, Long> uncount(Map<String, Long> before) {
        var recorded = new TreeMap<String, Long>();
        kernels.forEach((name, k) -> {
            long n = k.launches - before.getOrDefault(name, 0L);
            if (n > 0) {
                recorded.put(name, n);
                k.launches -= n;
            }
        });
        return recorded;
    }

    /** How often each kernel was launched so far. */
    SortedMap<String, Long> launches() {
        var all = new TreeMap<String, Long>();
        kernels.forEach((name, k) -> all.put(name, k.launches));
        return all;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
