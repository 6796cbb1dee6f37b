package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.Native.get;
import static anneal.kernel.cpu.Native.set;

import anneal.kernel.cpu.TileLanes;

/** {@link TileLanes} one float at a time. */
final class ScalarTiles implements TileLanes {
    @Override
    public int width() {
        return 1;
    }

    @Override
    public void multiply(int rows, int cols, int segments, int depth, long a, long aSegment, long aRow, long aDepth,
                         long b, long bSegment, long bDepth, long c, long cRow, boolean add) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < cols; j++) {
                long at = c + r * cRow + 4L * j;
                float sum = 0;
                for (int s = 0; s < segments; s++) {
                    sum = dot(sum, depth, a + s * aSegment + r * aRow, aDepth, b + s * bSegment + 4L * j, bDepth);
                }
                set(at, (add ? get(at) : 0) + sum);
            }
        }
    }

    private static float dot(float start, int depth, long a, long aDepth, long b, long bDepth) {
        float sum = start;
        for (int k = 0; k < depth; k++) {
            sum = Math.fma(get(a + k * aDepth), get(b + k * bDepth), sum);
        }
        return sum;
    }
}
