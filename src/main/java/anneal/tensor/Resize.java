package anneal.tensor;

/**
 * Resizing of images [N, H, W, C] as guided-diffusion's torch.nn.functional.interpolate does it: separable, so two
 * products with small interpolation matrices, which makes the gradient their transposes.
 */
public final class Resize {
    /** Interpolation: sample positions have half-pixel centres (align_corners False). */
    public enum Method { NEAREST, AREA, BILINEAR, BICUBIC }

    private Resize() {
    }

    /**
     * The weights behind {@link #resize} along one axis: each row makes one sample of the result.
     *
     * @return [to, from], row major
     */
    public static double[] matrix(int from, int to, Method method, boolean antialias) {
        if (from < 1 || to < 1) {
            throw new IllegalArgumentException("resize of " + from + " samples to " + to);
        }
        return InterpolationMatrix.of(from, to, method, antialias);
    }

    /**
     * @param antialias widen the kernel when shrinking (bilinear and bicubic only)
     * @return [N, height, width, C]
     */
    public static Tensor resize(Tensor x, int height, int width, Method method, boolean antialias) {
        if (x.rank() != 4 || height < 1 || width < 1) {
            throw new IllegalArgumentException("resize of " + x.shape() + " to " + height + "x" + width);
        }
        int n = x.dim(0);
        int h = x.dim(1);
        int w = x.dim(2);
        int c = x.dim(3);
        Tensor y = x;
        if (h != height || method != Method.NEAREST) {
            Tensor rows = matrix(x, new Weights(h, height, method, antialias));
            y = MatMul.matmul(rows, y.reshape(n, h, w * c)).reshape(n, height, w, c);
        }
        if (w != width || method != Method.NEAREST) {
            Tensor columns = matrix(x, new Weights(w, width, method, antialias));
            y = MatMul.matmul(columns, y.reshape(n * height, w, c)).reshape(n, height, width, c);
        }
        return y;
    }

    private record Weights(int from, int to, Method method, boolean antialias) {
    }

    private static Tensor matrix(Tensor x, Weights w) {
        return x.device().constant(w, () -> InterpolationMatrix.of(w.from, w.to, w.method, w.antialias), w.to, w.from)
                .as(x.dtype());
    }
}
