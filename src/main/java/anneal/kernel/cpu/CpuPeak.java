package anneal.kernel.cpu;

import anneal.kernel.profile.Peak;
import java.lang.foreign.Arena;

/** Measures, in about two seconds, what this machine's processors can do: the floor that a profile is set against. */
public final class CpuPeak {
    /** A product whose operands all lie in the first-level cache, of rows that the largest tile divides. */
    private static final int ROWS = 15;
    private static final int DEPTH = 96;
    private static final long COPIED = 64L << 20;
    private static final int COPIES = 8;
    private static final long ROUND_NANOS = 3_000_000;
    /** The compiler needs a moment, above all on a busy machine: measuring goes on while it still gets faster. */
    private static final long LEAST_NANOS = 1_500_000_000;
    private static final long PATIENCE_NANOS = 400_000_000;

    private CpuPeak() {
    }

    /**
     * Fused multiply-adds from registers and the first-level cache, and a copy between blocks larger than most caches
     * (bytes read and written), each by all threads at once and the best of several.
     *
     * @param threads at least 1
     */
    public static Peak measure(int threads) {
        try (var pool = new ThreadPool(threads)) {
            return new Peak(multiply(pool, LanesLookup.best().tiles()), copy(pool));
        }
    }

    private static double multiply(ThreadPool pool, TileLanes tiles) {
        double best = 0;
        int products = 1;
        long begin = System.nanoTime();
        long improved = begin;
        for (long now = begin; now - begin < LEAST_NANOS || now - improved < PATIENCE_NANOS;) {
            int each = products;
            pool.run(pool.threads(), (task, worker) -> products(each, tiles, pool, worker));
            long then = now;
            now = System.nanoTime();
            double rate = 2.0 * ROWS * TileLanes.PANEL * DEPTH * products * pool.threads() / (now - then);
            if (rate > 1.01 * best) {
                improved = now;
            }
            best = Math.max(best, rate);
            products = now - then < ROUND_NANOS ? 2 * products : products; // the first ones are interpreted
        }
        return best * 1e9;
    }

    private static void products(int products, TileLanes tiles, ThreadPool pool, int worker) {
        long row = 4L * TileLanes.PANEL;
        long bytesA = 4L * ROWS * DEPTH;
        long bytesB = row * DEPTH;
        long all = bytesA + bytesB + row * ROWS + Native.ALIGNMENT;
        long a = pool.scratch(worker, all);
        Native.clear(a, all);
        long b = a + Native.align(bytesA);
        for (int i = 0; i < products; i++) {
            tiles.multiply(ROWS, TileLanes.PANEL, 1, DEPTH, a, 0, 4L * DEPTH, 4, b, 0, row, b + bytesB, row, false);
        }
    }

    private static double copy(ThreadPool pool) {
        try (var arena = Arena.ofConfined()) {
            long from = Native.allocate(arena, COPIED);
            long to = Native.allocate(arena, COPIED);
            double best = 0;
            for (int i = 0; i < COPIES; i++) {
                long begin = System.nanoTime();
                pool.ranges(COPIED, 1 << 20,
                        (first, last, worker) -> Native.copy(from + first, to + first, last - first));
                best = Math.max(best, 2.0 * COPIED / (System.nanoTime() - begin));
            }
            return best * 1e9;
        }
    }
}
