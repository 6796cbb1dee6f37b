package anneal.tensor;

import anneal.kernel.DeviceMemory;
import anneal.kernel.MemoryPlan;
import anneal.kernel.StepMemory;

/**
 * A computation that is done again and again, such as a training step: how it uses memory is recorded the first time,
 * and from then on every tensor lies at the same address each time, in memory of the size that the step needs at once.
 * A turn that asks for something else (a smaller last batch) is computed all the same; see {@link StepMemory}.
 *
 * <pre>{@code
 * try (var step = device.repeatedStep()) {
 *     for (...) {
 *         try (var turn = step.begin()) {
 *             // made here: freed when the turn ends
 *         }
 *     }
 * }
 * }</pre>
 */
public final class RepeatedStep implements AutoCloseable {
    private final Device device;
    private final StepMemory memory;

    RepeatedStep(Device device, DeviceMemory memory) {
        this.device = device;
        this.memory = new StepMemory(memory);
    }

    /** One of the turns: a scope of its own. */
    public final class Turn implements AutoCloseable {
        private final Scope scope = device.scope();

        private Turn() {
        }

        /** As {@link Scope#escape}. */
        public Tensor escape(Tensor t) {
            return scope.escape(t);
        }

        @Override
        public void close() {
            scope.close();
            memory.end();
        }
    }

    /** Begins a turn; the one before must have been closed. */
    public Turn begin() {
        memory.begin();
        return new Turn();
    }

    /**
     * The same computation in every turn, which a device with graphs records; close it before this.
     *
     * @param body see {@link ReplayedStep}
     */
    public ReplayedStep of(Runnable body) {
        return new ReplayedStep(device, memory, body);
    }

    /** How the memory of a turn is laid out; null before the first turn has ended. */
    public MemoryPlan plan() {
        return memory.plan();
    }

    /** Whether the turn that is open has used memory as planned so far. */
    public boolean isReplaying() {
        return memory.isReplaying();
    }

    /** Gives the planned memory back. */
    @Override
    public void close() {
        memory.close();
    }
}
