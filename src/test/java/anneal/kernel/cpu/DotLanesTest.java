package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.cpu.scalar.ScalarLanes;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DotLanesTest {
    private final Random random = new Random(3);
    private final NormalFloats floats = new NormalFloats(random);

    /** Rows and columns of every remainder, and what lies beyond the result left as it was. */
    @Test
    void innerProductsAreThoseOfPlainLoops() {
        var lanes = LanesLookup.best().dots();
        for (int trial = 0; trial < 200; trial++) {
            try (var arena = Arena.ofConfined()) {
                int rows = 1 + random.nextInt(9);
                int cols = 1 + random.nextInt(7);
                int segments = 1 + random.nextInt(3);
                int depth = lanes.width() * (1 + random.nextInt(4));
                int aRow = depth + random.nextInt(5);
                int aSegment = rows * aRow + random.nextInt(5);
                int pitch = cols + random.nextInt(3);
                long a = floats.block(arena, segments * aSegment + depth);
                long b = floats.block(arena, cols * segments * depth);
                long c = floats.block(arena, rows * pitch);
                long d = Native.allocate(arena, 4L * rows * pitch);
                Native.copy(c, d, 4L * rows * pitch);
                for (var each : new DotLanes[] {lanes, new ScalarLanes().dots()}) {
                    each.multiply(rows, cols, segments, depth, a, 4L * aRow, 4L * aSegment, b, 4L * segments * depth,
                            4L * depth, each == lanes ? c : d, 4L * pitch,
                            Native.allocate(arena, each.scratchBytes()));
                }
                for (int i = 0; i < rows * pitch; i++) {
                    float tolerance = i % pitch < cols ? 1e-5f * segments * depth : 0;
                    assertEquals(Native.get(d + 4L * i), Native.get(c + 4L * i), tolerance, "element " + i);
                }
            }
        }
    }
}
