package anneal.tensor;

import anneal.kernel.Graph;
import anneal.kernel.StepMemory;
import anneal.kernel.Storage;

/**
 * One computation in turns of a {@link RepeatedStep}. On a device that was opened with graphs the second turn is
 * recorded as one, and from then on a turn is a single call to the device: the computation's Java does not run again.
 *
 * <p>So it must find what changes from turn to turn in tensors that were made before, leave its results in such, and
 * neither read from the host nor write to it. The same rule keeps a step free of waiting where there are no graphs.
 */
public final class ReplayedStep implements AutoCloseable {
    private final Device device;
    private final StepMemory memory;
    private final Runnable body;
    private boolean ranOnce;
    private Graph graph;
    /** What the graph was recorded in; null if in nothing planned. */
    private Storage arena;

    ReplayedStep(Device device, StepMemory memory, Runnable body) {
        this.device = device;
        this.memory = memory;
        this.body = body;
    }

    /**
     * Takes a turn; what it made is freed when it ends.
     *
     * @throws IllegalStateException in one line, if the second turn on a device with graphs looks at the host
     */
    public void run() {
        if (graph == null) {
            turn();
        }
        if (graph != null) {
            graph.launch();
        }
    }

    /** In Java, or recorded: the first one loads kernels and finds out how much memory it takes, which cannot be. */
    private void turn() {
        memory.begin();
        try {
            if (device.hasGraphs() && ranOnce) {
                graph = device.backend().capture(this::inScope);
                arena = memory.hold();
            } else {
                inScope();
                ranOnce = true;
            }
        } finally {
            memory.end();
        }
    }

    private void inScope() {
        try (var scope = device.scope()) {
            body.run();
        }
    }

    /** Gives the graph's memory back. */
    @Override
    public void close() {
        if (graph != null) {
            graph.close();
            graph = null;
        }
        if (arena != null) {
            arena.release();
            arena = null;
        }
    }
}
