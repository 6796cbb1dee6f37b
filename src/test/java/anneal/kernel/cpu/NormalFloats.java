package anneal.kernel.cpu;

import java.lang.foreign.Arena;
import java.util.Random;

/** Blocks of off-heap memory with normal random numbers, for tests of inner loops. */
record NormalFloats(Random random) {
    /** The address of {@code count} floats. */
    long block(Arena arena, int count) {
        long block = Native.allocate(arena, 4L * count);
        for (int i = 0; i < count; i++) {
            Native.set(block + 4L * i, (float) random.nextGaussian());
        }
        return block;
    }
}
