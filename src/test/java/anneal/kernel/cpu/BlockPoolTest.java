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

    @Test
    void neighboursThatAreFreeAreJoined() {
        try (var pool = new BlockPool()) {
            long[] blocks = new long[8];
            pool.free(pool.allocate(8 << 20));
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = pool.allocate(1 << 20);
            }
            for (int i : new int[] {0, 2, 1, 7, 5, 6, 3, 4}) {
                pool.free(blocks[i]);
            }
            assertEquals(blocks[0], pool.allocate(8 << 20));
            assertEquals(8 << 20, pool.reservedBytes());
        }
    }

    @Test
    void whatIsFreeServesOtherSizesToo() {
        var random = new Random(7);
        try (var pool = new BlockPool()) {
            var live = new ArrayList<Long>();
            for (int round = 0; round < 20_000; round++) {
                if (live.size() < 60 && random.nextBoolean()) {
                    live.add(pool.allocate(1 + random.nextInt(1 << random.nextInt(10, 22))));
                } else if (!live.isEmpty()) {
                    pool.free(live.remove(random.nextInt(live.size())));
                }
            }
            assertTrue(pool.reservedBytes() < 1.5 * pool.peakBytes() + (1 << 20),
                    pool.reservedBytes() + " bytes held for at most " + pool.peakBytes() + " in use");
            long held = pool.reservedBytes();
            live.forEach(pool::free);
            pool.trim();
            assertTrue(held > 0);
            assertEquals(0, pool.reservedBytes());
        }
    }
}
