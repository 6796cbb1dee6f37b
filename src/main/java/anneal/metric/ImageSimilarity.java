package anneal.metric;

import java.util.Arrays;

/**
 * How much images of one size resemble others, in pixels of 0..1: root of the mean squared error, peak signal-to-noise
 * ratio, and structural similarity (Wang et al. 2004, "Image Quality Assessment"). Images are planes [C, H, W], one
 * after another.
 */
public final class ImageSimilarity {
    private static final double C1 = 0.01 * 0.01;
    private static final double C2 = 0.03 * 0.03;
    private static final int GAUSSIAN_TAPS = 11;
    private static final double GAUSSIAN_SIGMA = 1.5;
    private static final int UNIFORM_TAPS = 7;

    private final double[] a;
    private final double[] b;
    private final int channels;
    private final int height;
    private final int width;

    /**
     * @param a        [N, channels, height, width] in 0..1
     * @param b        like a
     * @throws IllegalArgumentException if these are not whole images, or not as many
     */
    public ImageSimilarity(double[] a, double[] b, int channels, int height, int width) {
        int size = Math.multiplyExact(Math.multiplyExact(channels, height), width);
        if (size < 1 || a.length == 0 || a.length % size != 0 || a.length != b.length) {
            throw new IllegalArgumentException("%d and %d numbers as images of %dx%d with %d channels"
                .formatted(a.length, b.length, height, width, channels));
        }
        this.a = a.clone();
        this.b = b.clone();
        this.channels = channels;
        this.height = height;
        this.width = width;
    }

    /** How many images there are. */
    public int images() {
        return a.length / (channels * height * width);
    }

    /** Root of the mean squared error over all images. */
    public double rmse() {
        return Math.sqrt(Arrays.stream(meanSquares()).average().orElseThrow());
    }

    /** Root of the mean squared error of each image. */
    public double[] rmsePerImage() {
        return Arrays.stream(meanSquares()).map(Math::sqrt).toArray();
    }

    /** 10 log10(1 / mean squared error) of each image, in decibels; infinite where they are equal. */
    public double[] psnrPerImage() {
        return Arrays.stream(meanSquares()).map(mse -> -10 * Math.log10(mse)).toArray();
    }

    private double[] meanSquares() {
        int size = channels * height * width;
        var means = new double[images()];
        for (int i = 0; i < a.length; i++) {
            double difference = a[i] - b[i];
            means[i / size] += difference * difference / size;
        }
        return means;
    }

    /**
     * Structural similarity of each image, as Cold Diffusion and others measure it: a Gaussian window of 11 pixels and
     * deviation 1.5, moments divided by the window's weight, windows that lie wholly inside.
     *
     * @throws IllegalArgumentException if the images are smaller than the window
     */
    public double[] ssimPerImage() {
        return ssim(gaussian(), 1);
    }

    /** The mean of {@link #ssimPerImage}. */
    public double ssim() {
        return Arrays.stream(ssimPerImage()).average().orElseThrow();
    }

    /** As {@link #ssimPerImage}, by a square of 7 equal pixels and moments of a sample: scikit-image's default. */
    public double[] uniformSsimPerImage() {
        var window = new double[UNIFORM_TAPS];
        Arrays.fill(window, 1.0 / UNIFORM_TAPS);
        double count = UNIFORM_TAPS * UNIFORM_TAPS;
        return ssim(window, count / (count - 1));
    }

    private static double[] gaussian() {
        var window = new double[GAUSSIAN_TAPS];
        Arrays.setAll(window, i -> {
            double distance = i - GAUSSIAN_TAPS / 2;
            return StrictMath.exp(-distance * distance / (2 * GAUSSIAN_SIGMA * GAUSSIAN_SIGMA));
        });
        double sum = Arrays.stream(window).sum();
        return Arrays.stream(window).map(v -> v / sum).toArray();
    }

    /** @param correction factor of variances and covariances */
    private double[] ssim(double[] window, double correction) {
        if (height < window.length || width < window.length) {
            throw new IllegalArgumentException("structural similarity of images of %dx%d: at least %dx%d are needed"
                .formatted(height, width, window.length, window.length));
        }
        int plane = height * width;
        var out = new double[images()];
        for (int i = 0; i < out.length * channels; i++) {
            var x = Arrays.copyOfRange(a, i * plane, (i + 1) * plane);
            var y = Arrays.copyOfRange(b, i * plane, (i + 1) * plane);
            out[i / channels] += plane(x, y, window, correction) / channels;
        }
        return out;
    }

    private double plane(double[] x, double[] y, double[] window, double correction) {
        var meanX = filtered(x, x, window, false);
        var meanY = filtered(y, y, window, false);
        var squareX = filtered(x, x, window, true);
        var squareY = filtered(y, y, window, true);
        var product = filtered(x, y, window, true);
        double sum = 0;
        for (int i = 0; i < meanX.length; i++) {
            double varianceX = correction * (squareX[i] - meanX[i] * meanX[i]);
            double varianceY = correction * (squareY[i] - meanY[i] * meanY[i]);
            double covariance = correction * (product[i] - meanX[i] * meanY[i]);
            sum += (2 * meanX[i] * meanY[i] + C1) * (2 * covariance + C2)
                / ((meanX[i] * meanX[i] + meanY[i] * meanY[i] + C1) * (varianceX + varianceY + C2));
        }
        return sum / meanX.length;
    }

    /** Windowed means of x, or of x y, where the window lies inside: along rows, then along columns. */
    private double[] filtered(double[] x, double[] y, double[] window, boolean product) {
        int columns = width - window.length + 1;
        int rows = height - window.length + 1;
        var along = new double[height * columns];
        for (int i = 0; i < along.length; i++) {
            int from = i / columns * width + i % columns;
            for (int k = 0; k < window.length; k++) {
                along[i] += window[k] * (product ? x[from + k] * y[from + k] : x[from + k]);
            }
        }
        var out = new double[rows * columns];
        for (int i = 0; i < out.length; i++) {
            for (int k = 0; k < window.length; k++) {
                out[i] += window[k] * along[i + k * columns];
            }
        }
        return out;
    }
}
