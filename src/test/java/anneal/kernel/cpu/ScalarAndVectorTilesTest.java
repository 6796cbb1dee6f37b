package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.cpu.scalar.ScalarLanes;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalarAndVectorTilesTest {
    private final Random random = new Random(11);
    private final NormalFloats floats = new NormalFloats(random);

    @Test
    void everyTileGivesTheBitsOfThePlainLoop() {
        var vector = LanesLookup.best().tiles();
        var plain = new ScalarLanes().tiles();
        for (int trial = 0; trial < 400; trial++) {
            try (var arena = Arena.ofConfined()) {
                int rows = 1 + random.nextInt(20);
                int cols = 1 + random.nextInt(TileLanes.PANEL);
                int segments = 1 + random.nextInt(3);
                int depth = 1 + random.nextInt(17);
                boolean transposed = random.nextBoolean();
                boolean add = random.nextBoolean();
                long a = floats.block(arena, rows * segments * depth);
                long b = floats.block(arena, segments * depth * (cols + 3));
                long c = floats.block(arena, rows * 70);
                long d = Native.allocate(arena, 4L * rows * 70);
                Native.copy(c, d, 4L * rows * 70);
                long aRow = transposed ? 4 : 4L * segments * depth;
                long aDepth = transposed ? 4L * rows : 4;
                for (var lanes : new TileLanes[] {vector, plain}) {
                    lanes.multiply(rows, cols, segments, depth, a, aDepth * depth, aRow, aDepth,
                            b, 4L * depth * (cols + 3), 4L * (cols + 3), lanes == vector ? c : d, 280, add);
                }
                for (int i = 0; i < rows * 70; i++) {
                    assertEquals(Native.get(d + 4L * i), Native.get(c + 4L * i), 0f, "element " + i);
                }
            }
        }
    }
}
