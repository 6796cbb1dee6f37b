package anneal.kernel.cuda.vendor;

import anneal.kernel.Storage;
import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.vendor.GraphDescriptor.NotSupported;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import jcuda.jcudnn.JCudnn;

/**
 * Attention by cuDNN's fused kernels, through its graph API. It has never run on NVIDIA's library: a stand-in checks every
 * descriptor and computes what the graphs say.
 */
final class CudnnAttention implements AutoCloseable {
    /** Fused attention as one operation; how its statistics are asked for since; who fills dq's sums with zeros first. */
    private static final long ONE_OPERATION = 91301;
    private static final long SOFTMAX_OPERATION = 92100;
    private static final long ZEROES_ITSELF = 90600;
    private static final long BOUNDARY = 256;

    private final CudnnHandle handle;
    private final Map<AttentionCall, Optional<Prepared>> prepared = new HashMap<>();

    private record Prepared(OperationGraph graph, GraphDescriptor plan, long workspaceBytes) {
    }

    CudnnAttention(CudnnHandle handle) {
        this.handle = handle;
    }

    /** Whether cuDNN takes it. */
    boolean takes(AttentionCall c) {
        return prepared.computeIfAbsent(c, this::prepare).isPresent();
    }

    private Optional<Prepared> prepare(AttentionCall c) {
        long version = JCudnn.cudnnGetVersion();
        if (version < (c.isBackward() ? ZEROES_ITSELF : ONE_OPERATION)) {
            return Optional.empty();
        }
        var graph = new OperationGraph();
        try {
            var attention = new AttentionGraph(graph, c);
            if (c.isBackward()) {
                attention.backward();
            } else {
                attention.forward(version >= SOFTMAX_OPERATION);
            }
            var plan = graph.plan(handle.address());
            return Optional.of(new Prepared(graph, plan, plan.integer(402)));
        } catch (NotSupported e) {
            graph.destroy();
            return Optional.empty();
        }
    }

    /**
     * Enqueues what {@link #takes} said yes to.
     *
     * @param addresses by the numbers of {@link AttentionGraph}, all but the numbers and cuDNN's own memory
     * @param scratch   memory for so many bytes, which is released once the call is enqueued
     */
    void run(AttentionCall c, Map<Integer, Long> addresses, float scale, LongFunction<Storage> scratch) {
        var p = prepared.get(c).orElseThrow();
        var own = AttentionGraph.ownBytes(c);
        long rowTerms = onBoundary(p.workspaceBytes);
        long dqSum = rowTerms + onBoundary(own[0]);
        var memory = scratch.apply(Math.max(1, c.isBackward() ? dqSum + own[1] : p.workspaceBytes));
        try (var arena = Arena.ofConfined()) {
            var all = new TreeMap<>(addresses);
            all.put(AttentionGraph.SCALE, arena.allocateFrom(ValueLayout.JAVA_FLOAT, scale).address());
            if (c.isBackward()) {
                all.put(AttentionGraph.ONE, arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1).address());
                all.put(AttentionGraph.ROW_TERMS, memory.address() + rowTerms);
                all.put(AttentionGraph.DQ_SUM, memory.address() + dqSum);
            }
            execute(p, all, memory.address());
        } catch (NotSupported e) {
            throw new DriverException(e.getMessage());
        } finally {
            memory.release();
        }
    }

    private void execute(Prepared p, Map<Integer, Long> addresses, long workspace) throws NotSupported {
        var pack = new GraphDescriptor(16, "variant pack");
        try {
            pack.integers(1000, addresses.keySet().stream().mapToLong(Integer::longValue).toArray())
                    .pointers(1001, addresses.values().stream().mapToLong(Long::longValue).toArray())
                    .pointers(1003, workspace).done();
            int status = JCudnn.cudnnBackendExecute(handle, p.plan, pack);
            if (status != 0) {
                throw new DriverException("attention by cuDNN: " + JCudnn.cudnnGetErrorString(status));
            }
        } finally {
            pack.destroy();
        }
    }

    private static long onBoundary(long bytes) {
        return (bytes + BOUNDARY - 1) / BOUNDARY * BOUNDARY;
    }

    @Override
    public void close() {
        prepared.values().forEach(p -> p.ifPresent(made -> made.graph.destroy()));
    }
}
