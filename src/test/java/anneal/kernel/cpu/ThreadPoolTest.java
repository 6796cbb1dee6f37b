package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 64})
    void everyTaskRunsOnce(int threads) {
        try (var pool = new ThreadPool(threads)) {
            for (int tasks = 0; tasks < 300; tasks += 7) {
                var runs = new AtomicIntegerArray(Math.max(1, tasks));
                pool.run(tasks, (task, worker) -> {
                    assertTrue(worker >= 0 && worker < threads);
                    runs.incrementAndGet(task);
                });
                for (int i = 0; i < tasks; i++) {
                    assertEquals(1, runs.get(i));
                }
            }
        }
    }

    @Test
    void rangesCoverEverythingOnce() {
        try (var pool = new ThreadPool(3)) {
            var seen = new AtomicIntegerArray(1000);
            pool.ranges(1000, 64, (from, to, worker) -> {
                for (long i = from; i < to; i++) {
                    seen.incrementAndGet((int) i);
                }
            });
            for (int i = 0; i < 1000; i++) {
                assertEquals(1, seen.get(i));
            }
        }
    }

    @Test
    void parkedThreadsWakeUp() throws InterruptedException {
        try (var pool = new ThreadPool(2)) {
            for (int round = 0; round < 5; round++) {
                var waiting = new AtomicInteger(2);
                // ends only when two threads are in it at once
                pool.run(2, (task, worker) -> {
                    waiting.decrementAndGet();
                    while (waiting.get() > 0) {
                        Thread.onSpinWait();
                    }
                });
                Thread.sleep(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void anExceptionReachesTheCallerAndThePoolLivesOn(int threads) {
        try (var pool = new ThreadPool(threads)) {
            var error = new IllegalArgumentException("task 3");
            var thrown = assertThrows(IllegalArgumentException.class, () -> pool.run(50, (task, worker) -> {
                if (task == 3) {
                    throw error;
                }
            }));
            assertSame(error, thrown);
            var count = new AtomicInteger();
            pool.run(50, (task, worker) -> count.incrementAndGet());
            assertEquals(50, count.get());
        }
    }

    @Test
    void aLoopInsideALoopIsRefused() {
        try (var pool = new ThreadPool(2)) {
            assertThrows(IllegalStateException.class,
                    () -> pool.run(2, (task, worker) -> pool.run(2, (inner, same) -> { })));
        }
    }

    @Test
    void scratchIsKeptAndGrows() {
        try (var pool = new ThreadPool(2)) {
            long first = pool.scratch(0, 1000);
            assertEquals(0, first % Native.ALIGNMENT);
            assertEquals(first, pool.scratch(0, 500));
            assertNotEquals(first, pool.scratch(1, 500));
            long large = pool.scratch(0, 10_000_000);
            Native.set(large + 9_999_996, 1);
            assertEquals(large, pool.scratch(0, 10_000_000));
        }
    }

    @Test
    void poolsAreIndependentAndAClosedOneRefuses() {
        var first = new ThreadPool(2);
        try (var second = new ThreadPool(2)) {
            first.run(4, (task, worker) -> { });
            first.close();
            assertThrows(IllegalStateException.class, () -> first.run(1, (task, worker) -> { }));
            second.run(4, (task, worker) -> { });
        }
    }
}
