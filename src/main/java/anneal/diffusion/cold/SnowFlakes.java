package anneal.diffusion.cold;

import anneal.kernel.Philox;
import java.util.Arrays;

/**
 * What falls: Gaussian pixels, enlarged, and which way they are blown at each level.
 *
 * @param base     [layers, size, size], float64
 * @param layers   1 for the whole batch, or one for each image
 * @param vertical for each step and layer, whether its streaks are vertical; [steps][layers]
 */
public record SnowFlakes(double[] base, int layers, boolean[][] vertical) {
    /**
     * From Gaussian pixels that were drawn before.
     *
     * @param pixels [layers, size, size], with the severity's mean and deviation
     */
    public static SnowFlakes of(SnowSeverity severity, double[] pixels, int size, boolean[][] vertical) {
        var zoom = zoom(size, severity.zoom());
        var base = new double[pixels.length];
        int layers = pixels.length / (size * size);
        for (int layer = 0; layer < layers; layer++) {
            var one = Arrays.copyOfRange(pixels, layer * size * size, (layer + 1) * size * size);
            var rows = LineMaps.product(zoom, one, size);
            System.arraycopy(LineMaps.product(rows, transposed(zoom, size), size), 0, base, layer * size * size,
                    size * size);
        }
        return new SnowFlakes(base, layers, vertical);
    }

    /** One layer that a whole batch shares, as the authors draw it in training; the same numbers on every device. */
    public static SnowFlakes draw(SnowSeverity severity, int size, int steps, long seed, int stream, int position) {
        var random = Philox.stream(seed, stream, 0, position);
        var pixels = new double[size * size];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = severity.mean() + severity.deviation() * random.nextNormal();
        }
        var vertical = new boolean[steps][1];
        boolean allVertical = random.nextDouble() > 0.5;
        for (var step : vertical) {
            step[0] = allVertical;
        }
        return of(severity, pixels, size, vertical);
    }

    /**
     * The middle of a line, enlarged linearly with its ends at the ends, and cut to the line's length again:
     * [size, size].
     */
    private static double[] zoom(int size, double factor) {
        int cut = (int) Math.ceil(size / factor);
        int enlarged = (int) Math.rint(cut * factor);
        int first = (size - cut) / 2;
        int trim = (enlarged - size) / 2;
        var map = new double[size * size];
        for (int i = 0; i < size; i++) {
            double at = enlarged == 1 ? 0 : (i + trim) * (cut - 1.0) / (enlarged - 1);
            int left = Math.min((int) at, cut - 1);
            map[i * size + first + left] += 1 - (at - left);
            if (at > left) {
                map[i * size + first + left + 1] += at - left;
            }
        }
        return map;
    }

    private static double[] transposed(double[] m, int n) {
        var t = new double[m.length];
        for (int i = 0; i < m.length; i++) {
            t[i % n * n + i / n] = m[i];
        }
        return t;
    }
}
