package anneal.kernel;

/**
 * A two-dimensional cross-correlation in which every channel has a kernel of its own: stride 1, zero padding, channels
 * last.
 *
 * @param h       extents of x
 * @param padding zeros on every side, less than the kernel's extents
 */
public record DepthwiseSpec(ConvSpec.Mode mode, int n, int h, int w, int channels, int kH, int kW, int padding)
        implements Spec {
    public DepthwiseSpec {
        if (n < 0 || h < 1 || w < 1 || channels < 1 || kH < 1 || kW < 1) {
            throw new IllegalArgumentException("depthwise convolution with an extent out of range");
        }
        if (padding < 0 || padding >= Math.min(kH, kW)) {
            throw new IllegalArgumentException("depthwise convolution with a padding of " + padding + "; 0 to "
                    + (Math.min(kH, kW) - 1) + " go with a kernel of " + kH + "x" + kW);
        }
        if (h + 2 * padding < kH || w + 2 * padding < kW) {
            throw new IllegalArgumentException("kernel " + kH + "x" + kW + " is larger than the padded image "
                    + (h + 2 * padding) + "x" + (w + 2 * padding));
        }
    }

    public int outH() {
        return h + 2 * padding - kH + 1;
    }

    public int outW() {
        return w + 2 * padding - kW + 1;
    }

    /** Multiplications and additions of the direct algorithm, the same for all three modes. */
    public double flops() {
        return 2.0 * n * outH() * outW() * kH * kW * channels;
    }

    /** Numbers in all operands. */
    public double elements() {
        return (double) channels * ((double) n * h * w + (double) n * outH() * outW() + (double) kH * kW);
    }
}
