package anneal.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Memory of a computation that is done again and again and asks for the same blocks each time, such as a training step.
 * The first step runs on the device's pool and is recorded; a {@link MemoryPlan} packs its blocks into one arena; later
 * steps find every block where the plan says, at the same address each time.
 *
 * <p>Each request and each release is compared with the recorded one. At the first that differs (another batch size,
 * something done in between) the rest of that step runs on the pool, which is as good but for the memory it takes: what
 * is in use in the arena stays where it is, and nothing more is handed out of it. If steps keep differing the next one
 * is recorded anew. Blocks that outlive the recorded step always come from the pool.
 */
public final class StepMemory implements AutoCloseable {
    /** So many steps in a row must differ from the plan before it is given up. */
    private static final int PATIENCE = 2;

    private enum Mode { CLOSED, RECORDING, REPLAYING, ON_THE_POOL }

    private final DeviceMemory memory;
    private Mode mode = Mode.CLOSED;
    private StepMemory outer;
    private AllocationTrace trace;
    private MemoryPlan plan;
    private Storage arena;
    /** Next event and next block of the plan. */
    private int event;
    private int block;
    private int inUse;
    private int differed;
    private long step;

    public StepMemory(DeviceMemory memory) {
        this.memory = memory;
    }

    /** The plan of later steps; null until a step has been recorded. */
    public MemoryPlan plan() {
        return plan;
    }

    /** Whether the step that is open has found everything as planned so far. */
    public boolean isReplaying() {
        return mode == Mode.REPLAYING;
    }

    /** Opens a step: until {@link #end} the device's memory comes from here. */
    public void begin() {
        if (mode != Mode.CLOSED) {
            throw new IllegalStateException("the step before has not ended");
        }
        step++;
        event = 0;
        block = 0;
        mode = next();
        outer = memory.open(this);
    }

    private Mode next() {
        if (inUse > 0) {
            return Mode.ON_THE_POOL;
        }
        if (plan == null || differed >= PATIENCE) {
            forget();
            trace = new AllocationTrace();
            return Mode.RECORDING;
        }
        if (arena == null) {
            try {
                arena = memory.arena(plan.bytes());
            } catch (Backend.OutOfDeviceMemory e) {
                return Mode.ON_THE_POOL;
            }
        }
        return Mode.REPLAYING;
    }

    /** Ends the step, after everything in it that does not outlive it has been released. */
    public void end() {
        if (mode == Mode.RECORDING) {
            plan = new MemoryPlan(trace);
            trace = null;
        } else if (mode == Mode.REPLAYING && event < plan.trace().events()) {
            differed++;
        } else if (mode == Mode.REPLAYING) {
            differed = 0;
        }
        mode = Mode.CLOSED;
        memory.open(outer);
        outer = null;
    }

    Storage allocate(long bytes) {
        return switch (mode) {
            case RECORDING -> record(bytes);
            case REPLAYING -> replay(bytes);
            case CLOSED, ON_THE_POOL -> memory.backend().allocate(bytes);
        };
    }

    private Storage record(long bytes) {
        var inner = memory.backend().allocate(bytes);
        var into = trace;
        int number = into.born(bytes);
        return new Storage(inner.segment(), inner.address(), inner.bytes(), s -> {
            if (trace == into) {
                into.died(number);
            }
            inner.release();
        });
    }

    private Storage replay(long bytes) {
        if (!plan.trace().isBirth(event, block, bytes)) {
            differ();
            return memory.backend().allocate(bytes);
        }
        event++;
        long offset = plan.offset(block++);
        return offset == MemoryPlan.NOT_PLANNED ? memory.backend().allocate(bytes) : planned(block - 1, offset, bytes);
    }

    private Storage planned(int number, long offset, long bytes) {
        var whole = arena;
        whole.retain();
        inUse++;
        memory.taken(bytes);
        long born = step;
        memory.backend().poison(whole, offset, bytes);
        var segment = whole.segment();
        return new Storage(segment.equals(MemorySegment.NULL) ? segment : segment.asSlice(offset, bytes),
                whole.address() + offset, bytes, s -> {
                    memory.backend().poison(whole, offset, bytes);
                    memory.returned(bytes);
                    inUse--;
                    died(number, born);
                    whole.release();
                });
    }

    private void died(int number, long born) {
        if (mode != Mode.REPLAYING || born != step) {
            return;
        }
        if (plan.trace().isDeath(event, number)) {
            event++;
        } else {
            differ();
        }
    }

    private void differ() {
        differed++;
        mode = Mode.ON_THE_POOL;
    }

    private void forget() {
        plan = null;
        differed = 0;
        if (arena != null) {
            arena.release();
            arena = null;
        }
    }

    /** Keeps the plan's memory until the result is released, for a graph that was recorded in it; null if there is none. */
    public Storage hold() {
        if (arena != null) {
            arena.retain();
        }
        return arena;
    }

    /** Gives the arena back, once nothing in it is in use any more. */
    @Override
    public void close() {
        if (mode != Mode.CLOSED) {
            end();
        }
        forget();
        memory.backend().trim();
    }
}
