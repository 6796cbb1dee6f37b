package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.Native.get;
import static anneal.kernel.cpu.Native.set;

import anneal.kernel.cpu.WinogradLanes;

/** {@link WinogradLanes} one float at a time. */
final class ScalarWinograd implements WinogradLanes {
    @Override
    public void input(int row, int tiles, int channels, long from, long fromRow, long fromPixel,
                      long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c++) {
                long first = from + FIRST[row] * fromRow + 2L * t * fromPixel + 4L * c;
                long second = from + SECOND[row] * fromRow + 2L * t * fromPixel + 4L * c;
                float d0 = Math.fma(get(second), SIGN[row], get(first));
                float d1 = Math.fma(get(second + fromPixel), SIGN[row], get(first + fromPixel));
                float d2 = Math.fma(get(second + 2 * fromPixel), SIGN[row], get(first + 2 * fromPixel));
                float d3 = Math.fma(get(second + 3 * fromPixel), SIGN[row], get(first + 3 * fromPixel));
                long at = to + t * toTile + 4L * c;
                set(at, d0 - d2);
                set(at + toNumber, d1 + d2);
                set(at + 2 * toNumber, d2 - d1);
                set(at + 3 * toNumber, d1 - d3);
            }
        }
    }

    @Override
    public void filter(int row, long count, long from, long fromTap, long to, long toNumber) {
        for (long i = 0; i < 4 * count; i += 4) {
            float left = column(G[row], from + i, fromTap);
            float middle = column(G[row], from + i + fromTap, fromTap) * 0.5f;
            float right = column(G[row], from + i + 2 * fromTap, fromTap);
            float outer = (left + right) * 0.5f;
            set(to + i, left);
            set(to + i + toNumber, outer + middle);
            set(to + i + 2 * toNumber, outer - middle);
            set(to + i + 3 * toNumber, right);
        }
    }

    private static float column(float[] g, long at, long tap) {
        return Math.fma(get(at + 6 * tap), g[2], Math.fma(get(at + 3 * tap), g[1], get(at) * g[0]));
    }

    @Override
    public void output(int tiles, int channels, long from, long fromTile, long fromNumber,
                       long to, long toRow, long toPixel) {
        var upper = new float[4];
        var lower = new float[4];
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c++) {
                for (int j = 0; j < 4; j++) {
                    long at = from + t * fromTile + 4L * c + j * fromNumber;
                    float m1 = get(at + 4 * fromNumber);
                    float m2 = get(at + 8 * fromNumber);
                    upper[j] = get(at) + (m1 + m2);
                    lower[j] = m1 - m2 - get(at + 12 * fromNumber);
                }
                long at = to + 2L * t * toPixel + 4L * c;
                set(at, upper[0] + (upper[1] + upper[2]));
                set(at + toPixel, upper[1] - upper[2] - upper[3]);
                set(at + toRow, lower[0] + (lower[1] + lower[2]));
                set(at + toRow + toPixel, lower[1] - lower[2] - lower[3]);
            }
        }
    }

    @Override
    public void gradient(int row, int tiles, int channels, long from, long fromRow, long fromPixel,
                         long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c++) {
                long p = from + 2L * t * fromPixel + 4L * c;
                float left = Math.fma(get(p + fromRow), LOWER[row], get(p) * UPPER[row]);
                float right = Math.fma(get(p + fromRow + fromPixel), LOWER[row], get(p + fromPixel) * UPPER[row]);
                long at = to + t * toTile + 4L * c;
                set(at, left);
                set(at + toNumber, left + right);
                set(at + 2 * toNumber, left - right);
                set(at + 3 * toNumber, -right);
            }
        }
    }

    @Override
    public void filterGradient(int row, long count, long from, long fromNumber, long to, long toTap) {
        for (long i = 0; i < 4 * count; i += 4) {
            float m0 = turned(G_TURNED[row], from + i, fromNumber);
            float m1 = turned(G_TURNED[row], from + i + fromNumber, fromNumber);
            float m2 = turned(G_TURNED[row], from + i + 2 * fromNumber, fromNumber);
            float m3 = turned(G_TURNED[row], from + i + 3 * fromNumber, fromNumber);
            float half = (m1 + m2) * 0.5f;
            set(to + i, m0 + half);
            set(to + i + toTap, (m1 - m2) * 0.5f);
            set(to + i + 2 * toTap, half + m3);
        }
    }

    private static float turned(float[] g, long at, long n) {
        float upper = Math.fma(get(at + 4 * n), g[1], get(at) * g[0]);
        return Math.fma(get(at + 12 * n), g[3], Math.fma(get(at + 8 * n), g[2], upper));
    }
}
