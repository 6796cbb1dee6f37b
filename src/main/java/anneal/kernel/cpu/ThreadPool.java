package anneal.kernel.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that wait for the next parallel loop: they spin for some microseconds, then park. The caller works too, and
 * tasks are handed out one by one, so a result must not depend on which worker runs which task.
 *
 * <p>A pool runs one loop at a time; pools are independent of each other.
 */
public final class ThreadPool implements AutoCloseable {
    private static final AtomicLong POOLS = new AtomicLong();
    /** About 20 microseconds: longer than the gap between two kernels, shorter than anyone notices. */
    private static final int SPINS = 1500;

    /** One piece of a parallel loop. */
    @FunctionalInterface
    public interface Task {
        /**
         * @param task   which piece, from 0
         * @param worker who runs it, from 0 to {@link #threads} - 1: the key to {@link #scratch}
         */
        void run(int task, int worker);
    }

    /** One range of a parallel loop over many small items. */
    @FunctionalInterface
    public interface RangeTask {
        /** Does the items from {@code from} to {@code to} - 1. */
        void run(long from, long to, int worker);
    }

    private final Worker[] workers;
    private final Scratch[] scratch;
    private final int spins;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Loop current;
    private volatile boolean closed;

    /** @param threads how many work on a loop, the caller included; at least 1 */
    public ThreadPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a thread pool needs at least 1 thread, not " + threads);
        }
        // with more threads than cores, one that spins keeps another from working
        spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 20;
        scratch = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = new Scratch();
        }
        workers = new Worker[threads - 1];
        long pool = POOLS.incrementAndGet();
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1, "anneal-cpu-" + pool + "-" + (i + 1));
            workers[i].start();
        }
    }

    /** How many threads work on a loop, the caller included. */
    public int threads() {
        return scratch.length;
    }

    /**
     * Runs {@code task} for 0 to {@code tasks} - 1 and returns when all are done.
     *
     * @throws IllegalStateException if the pool is closed or in the middle of another loop
     */
    public void run(int tasks, Task task) {
        if (closed) {
            throw new IllegalStateException("the thread pool is closed");
        }
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("a thread pool runs one loop at a time: it is not for use inside a task,"
                    + " nor by two threads at once");
        }
        try {
            if (workers.length == 0 || tasks <= 1) {
                for (int i = 0; i < tasks; i++) {
                    task.run(i, 0);
                }
            } else {
                share(new Loop(tasks, task));
            }
        } finally {
            busy.set(false);
        }
    }

    /** Runs {@code task} over ranges of {@code grain} items, the last perhaps shorter, that cover all {@code items}. */
    public void ranges(long items, long grain, RangeTask task) {
        run(Math.toIntExact((items + grain - 1) / grain),
                (i, worker) -> task.run(i * grain, Math.min(items, (i + 1) * grain), worker));
    }

    /**
     * A worker's own memory, 64-byte aligned, contents undefined. It is grown when needed and kept, and the next call
     * for the same worker returns the same memory.
     *
     * @return its address
     */
    public long scratch(int worker, long bytes) {
        return scratch[worker].atLeast(bytes);
    }

    /** Ends the threads and releases their memory. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (var worker : workers) {
                LockSupport.unpark(worker);
            }
            for (var worker : workers) {
                joinQuietly(worker);
            }
            for (var memory : scratch) {
                memory.close();
            }
        }
    }

    private void share(Loop loop) {
        current = loop;
        int helpers = Math.min(workers.length, loop.tasks - 1);
        for (int i = 0; i < helpers; i++) {
            if (workers[i].parked) {
                LockSupport.unpark(workers[i]);
            }
        }
        loop.work(0);
        loop.await(spins);
    }

    private static void joinQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A parallel loop in progress. */
    private static final class Loop {
        final int tasks;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final Thread caller = Thread.currentThread();
        private Task task;
        private volatile Throwable error;
        private volatile boolean callerWaits;

        Loop(int tasks, Task task) {
            this.tasks = tasks;
            this.task = task;
        }

        void work(int worker) {
            int mine = 0;
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                mine++;
                if (error == null) {
                    attempt(i, worker);
                }
            }
            if (mine > 0 && done.addAndGet(mine) == tasks && callerWaits) {
                LockSupport.unpark(caller);
            }
        }

        private void attempt(int i, int worker) {
            try {
                task.run(i, worker);
            } catch (Throwable e) {
                error = e;
            }
        }

        void await(int spins) {
            for (int i = 0; done.get() < tasks && i < spins; i++) {
                Thread.onSpinWait();
            }
            callerWaits = true;
            boolean interrupted = false;
            while (done.get() < tasks) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                caller.interrupt();
            }
            task = null; // an idle worker may hold this loop for long: it must not hold what the task captured
            if (error != null) {
                throw ThreadPool.<RuntimeException>asIs(error);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E asIs(Throwable error) throws E {
        throw (E) error;
    }

    private final class Worker extends Thread {
        private final int id;
        private volatile boolean parked;

        Worker(int id, String name) {
            super(null, null, name, 1 << 20, false);
            this.id = id;
            setDaemon(true);
        }

        @Override
        public void run() {
            Loop seen = null;
            while (!closed) {
                seen = next(seen);
                if (seen != null) {
                    seen.work(id);
                }
            }
        }

        /** Waits for a loop other than {@code seen}; returns early when the pool closes. */
        private Loop next(Loop seen) {
            for (int i = 0; i < spins; i++) {
                if (current != seen) {
                    return current;
                }
                Thread.onSpinWait();
            }
            parked = true;
            while (current == seen && !closed) {
                LockSupport.park(ThreadPool.this);
            }
            parked = false;
            return current;
        }
    }

    /** Memory that grows. */
    private static final class Scratch {
        private BlockPool pool;
        private long address;
        private long capacity;

        long atLeast(long bytes) {
            if (bytes > capacity || pool == null) {
                close();
                pool = new BlockPool();
                capacity = Native.align(Math.max(bytes, 1 << 16));
                address = pool.allocate(capacity);
            }
            return address;
        }

        void close() {
            if (pool != null) {
                pool.close();
                pool = null;
            }
        }
    }
}
