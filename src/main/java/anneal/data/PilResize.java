package anneal.data;

import anneal.io.ByteImage;

/**
 * Resizing that gives the very bytes of the Python Imaging Library: an antialiased filter in fixed point, horizontally
 * first, then vertically, rounded to bytes after each pass. Data sets prepared the way the papers did stay comparable.
 */
final class PilResize {

    /** Bits after the point of a weight: 32 less 8 for the pixel and 2 for overshoot. */
    private static final int PRECISION = 22;

    /** A filter kernel: its half-width and its value at a distance, both in source pixels when enlarging. */
    public enum Filter {
        /** Plain average; half open, so that a sample on the border counts once. */
        BOX(0.5) {
            @Override
            double at(double u) {
                return u > -0.5 && u <= 0.5 ? 1 : 0;
            }
        },
        /** A triangle: between two neighbours when enlarging. */
        BILINEAR(1) {
            @Override
            double at(double u) {
                return Math.max(0, 1 - Math.abs(u));
            }
        },
        /** Keys' cubic convolution with a = -1/2. */
        BICUBIC(2) {
            @Override
            double at(double u) {
                double d = Math.abs(u);
                if (d < 1) {
                    return (1.5 * d - 2.5) * d * d + 1;
                }
                return d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
            }
        };

        private final double radius;

        Filter(double radius) {
            this.radius = radius;
        }

        abstract double at(double u);
    }

    /** One output sample is the sum of {@code weights[k] * source[first + k]}. */
    private record Taps(int first, int[] weights) {
    }

    private PilResize() {
    }

    /**
     * Resizes to {@code height} x {@code width}; a direction that keeps its size is left alone.
     *
     * @throws IllegalArgumentException if a side is less than 1
     */
    public static ByteImage resize(ByteImage image, int height, int width, Filter filter) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("cannot resize to %dx%d".formatted(height, width));
        }
        var wide = width == image.width() ? image : horizontally(image, width, filter);
        return height == wide.height() ? wide : vertically(wide, height, filter);
    }

    private static ByteImage horizontally(ByteImage image, int width, Filter filter) {
        int c = image.channels();
        var taps = taps(image.width(), width, filter);
        var result = new byte[image.height() * width * c];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < width; x++) {
                int from = (y * image.width() + taps[x].first) * c;
                for (int channel = 0; channel < c; channel++) {
                    result[(y * width + x) * c + channel] = sample(image.pixels(), from + channel, c, taps[x].weights);
                }
            }
        }
        return new ByteImage(image.height(), width, c, result);
    }

    private static ByteImage vertically(ByteImage image, int height, Filter filter) {
        int row = image.width() * image.channels();
        var taps = taps(image.height(), height, filter);
        var result = new byte[height * row];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < row; i++) {
                result[y * row + i] = sample(image.pixels(), taps[y].first * row + i, row, taps[y].weights);
            }
        }
        return new ByteImage(height, image.width(), image.channels(), result);
    }

    private static byte sample(byte[] pixels, int from, int stride, int[] weights) {
        int sum = 1 << PRECISION - 1;
        for (int k = 0, at = from; k < weights.length; k++, at += stride) {
            sum += weights[k] * (pixels[at] & 0xff);
        }
        return (byte) Math.clamp(sum >> PRECISION, 0, 255);
    }

    private static Taps[] taps(int from, int to, Filter filter) {
        double scale = (double) from / to;
        double stretch = Math.max(scale, 1);
        double radius = filter.radius * stretch;
        var taps = new Taps[to];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - radius + 0.5));
            int end = Math.min(from, (int) (centre + radius + 0.5));
            taps[i] = new Taps(first, weights(filter, centre, first, end, 1 / stretch));
        }
        return taps;
    }

    /** Normalised to sum 1, then rounded half away from zero to the fixed point. */
    private static int[] weights(Filter filter, double centre, int first, int end, double step) {
        int n = end - first;
        var exact = new double[n];
        double sum = 0;
        for (int k = 0; k < n; k++) {
            exact[k] = filter.at((first + k - centre + 0.5) * step);
            sum += exact[k];
        }
        var weights = new int[n];
        for (int k = 0; k < n; k++) {
            double scaled = exact[k] / sum * (1 << PRECISION);
            weights[k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
        return weights;
    }
}
