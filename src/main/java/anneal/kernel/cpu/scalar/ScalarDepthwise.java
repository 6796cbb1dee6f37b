package anneal.kernel.cpu.scalar;

import anneal.kernel.cpu.DepthwiseLanes;
import anneal.kernel.cpu.Native;

/** {@link DepthwiseLanes} float by float. */
final class ScalarDepthwise implements DepthwiseLanes {
    @Override
    public void row(int kH, int kW, int columns, long x, long xRow, long w, long tap, long to) {
        for (int j = 0; j < columns; j++) {
            for (int c = 0; c < LINE; c++) {
                float sum = 0;
                for (int a = 0; a < kH; a++) {
                    for (int b = 0; b < kW; b++) {
                        sum = Math.fma(Native.get(w + (a * kW + b) * tap + 4L * c),
                                Native.get(x + a * xRow + (j + b) * BYTES + 4L * c), sum);
                    }
                }
                Native.set(to + j * BYTES + 4L * c, sum);
            }
        }
    }

    @Override
    public void sums(int columns, long x, long g, long sums) {
        for (int b = 0; b < TAPS; b++) {
            for (int c = 0; c < LINE; c++) {
                float sum = Native.get(sums + b * BYTES + 4L * c);
                for (int j = 0; j < columns; j++) {
                    sum = Math.fma(Native.get(g + j * BYTES + 4L * c), Native.get(x + (j + b) * BYTES + 4L * c), sum);
                }
                Native.set(sums + b * BYTES + 4L * c, sum);
            }
        }
    }
}
