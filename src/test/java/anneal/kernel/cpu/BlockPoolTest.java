package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
    @Test
    void classesAreAlignedAndAtMostAnEighthTooLarge() {
        for (long bytes = 0; bytes < 5_000_000; bytes = bytes * 9 / 8 + 1) {
            long size = BlockPool.sizeClass(bytes);
            assertEquals(0, size % Native.ALIGNMENT);
            assertTrue(size >= bytes && size <= Math.max(bytes + 64, bytes * 9 / 8), bytes + " became " + size);
            assertEquals(size, BlockPool.sizeClass(size));
        }
    }

    @Test
    void blocksDoNotOverlapAndKeepTheirContents() {
        var random = new Random(5);
        try (var pool = new BlockPool()) {
            Map<Long, Integer> live = new HashMap<>();
            for (int round = 0; round < 3000; round++) {
                if (live.size() < 40 || random.nextBoolean()) {
                    int floats = 1 + random.nextInt(round % 50 == 0 ? 100_000 : 500);
                    long block = pool.allocate(4L * floats);
                    assertEquals(0, block % Native.ALIGNMENT);
                    for (int i = 0; i < floats; i++) {
                        Native.set(block + 4L * i, floats);
                    }
                    live.put(block, floats);
                } else {
                    long block = new ArrayList<>(live.keySet()).get(random.nextInt(live.size()));
                    int floats = live.remove(block);
                    for (int i = 0; i < floats; i++) {
                        assertEquals(floats, Native.get(block + 4L * i));
                    }
                    pool.free(block);
                }
            }
        }
    }

    @Test
    void freedMemoryIsUsedAgainAndCounted() {
        try (var pool = new BlockPool()) {
            long a = pool.allocate(1 << 20);
            long b = pool.allocate(1 << 20);
            pool.free(a);
            assertEquals(a, pool.allocate(1 << 20));
            assertEquals(2 << 20, pool.liveBytes());
            pool.free(a);
            pool.free(b);
            assertEquals(0, pool.liveBytes());
            assertEquals(2 << 20, pool.peakBytes());
            assertEquals(2 << 20, pool.reservedBytes());
            pool.trim();
            assertEquals(0, pool.reservedBytes());
            assertEquals(0, pool.liveBlocks());
        }
    }

    @Test
    void aSecondReleaseIsRefused() {
        try (var pool = new BlockPool()) {
            long a = pool.allocate(100);
            pool.free(a);
            assertThrows(IllegalStateException.class, () -> pool.free(a));
        }
    }

    @Test
    void poisonShowsReadsOfFreshAndFreedMemory() {
        try (var pool = new BlockPool(true)) {
            long a = pool.allocate(400);
            assertTrue(Float.isNaN(Native.get(a + 396)));
            Native.set(a, 1);
            assertFalse(Float.isNaN(Native.get(a)));
            pool.free(a);
            assertTrue(Float.isNaN(Native.get(a)));
        }
    }
}
