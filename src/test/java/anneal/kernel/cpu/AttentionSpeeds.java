package anneal.kernel.cpu;

import java.lang.foreign.Arena;

/** Where attention's time goes: its two products and the softmax between them, one thread, and what boxes vectors. */
final class AttentionSpeeds {
    private AttentionSpeeds() {
    }

    public static void main(String[] args) {
        var lanes = LanesLookup.best();
        int keys = 128;
        int queries = 64;
        int d = 64;
        long q = Native.allocate(Arena.global(), 256L * d);
        long k = Native.allocate(Arena.global(), 4L * d * keys);
        long s = Native.allocate(Arena.global(), 256L * keys);
        long state = Native.allocate(Arena.global(), 256L * 3);
        long r = Native.allocate(Arena.global(), 256L * 64);
        for (int i = 0; i < d * keys; i++) {
            Native.set(k + 4L * i, (float) Math.sin(i));
        }
        for (int i = 0; i < d * queries; i++) {
            Native.set(q + 4L * i, (float) Math.cos(i));
        }
        double flops = 2.0 * keys * queries * d;
        for (int round = 0; round < 6; round++) {
            time("scores", flops, () -> lanes.tiles().multiply(keys, queries, 1, d, k, 0, 4L * d, 4, q, 0, 256,
                    s, 256, false));
            time("softmax (elements)", keys * queries, () -> lanes.scores().softmax(keys, queries, s, 0.001f, 0,
                    1 << 20, state));
            time("values", flops, () -> lanes.tiles().multiply(queries, d, 1, keys, s, 0, 4, 256, k, 0, 4L * d,
                    r, 256, true));
            time("scaleRows", queries * d, () -> lanes.panels().scaleRows(queries, d, r, 256, state));
        }
    }

    private static void time(String name, double work, Runnable run) {
        var speed = Speed.of(20_000, run);
        System.out.printf("%-20s %8.2f us %8.2f per ns, %d bytes a call%n", name, speed.nanos() / 1000,
                work / speed.nanos(), speed.bytes());
    }
}
