package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.Native.get;
import static anneal.kernel.cpu.Native.set;

import anneal.kernel.cpu.DotLanes;

/** {@link DotLanes} one float at a time. */
final class ScalarDots implements DotLanes {
    @Override
    public int width() {
        return 1;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public void multiply(int rows, int cols, int segments, int depth, long a, long aRow, long aSegment,
                         long b, long bCol, long bSegment, long c, long cRow, long scratch) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < cols; j++) {
                float sum = 0;
                for (int s = 0; s < segments; s++) {
                    long p = a + r * aRow + s * aSegment;
                    long q = b + j * bCol + s * bSegment;
                    for (int k = 0; k < depth; k++) {
                        sum = Math.fma(get(p + 4L * k), get(q + 4L * k), sum);
                    }
                }
                set(c + r * cRow + 4L * j, sum);
            }
        }
    }
}
