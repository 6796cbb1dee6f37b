package anneal.kernel;

/**
 * A two-dimensional cross-correlation with zero padding, channels last. x is [n, h, w, inC] as it is stored, that is
 * before the prologue's resample; {@code inH}, {@code inW} are the extents that the convolution sees, after it.
 *
 * @param stride  step of the window, the same both ways
 * @param padding zeros on every side
 */
public record ConvSpec(Mode mode, int n, int inH, int inW, int inC, int outC, int kH, int kW, int stride, int padding)
        implements Spec {
    /** Which of the three operands is computed from the other two. */
    public enum Mode { FORWARD, DATA_GRADIENT, WEIGHT_GRADIENT }

    public ConvSpec {
        if (n < 0 || inH < 1 || inW < 1 || inC < 1 || outC < 1 || kH < 1 || kW < 1 || stride < 1 || padding < 0) {
            throw new IllegalArgumentException("convolution with an extent out of range");
        }
        if (inH + 2 * padding < kH || inW + 2 * padding < kW) {
            throw new IllegalArgumentException("kernel " + kH + "x" + kW + " is larger than the padded image "
                    + (inH + 2 * padding) + "x" + (inW + 2 * padding));
        }
    }

    public int outH() {
        return (inH + 2 * padding - kH) / stride + 1;
    }

    public int outW() {
        return (inW + 2 * padding - kW) / stride + 1;
    }

    public ConvSpec with(Mode m) {
        return new ConvSpec(m, n, inH, inW, inC, outC, kH, kW, stride, padding);
    }

    /** Multiplications and additions of the direct algorithm, the same for all three modes. */
    public double flops() {
        return 2.0 * n * outH() * outW() * outC * kH * kW * inC;
    }

    /** Numbers in all operands. */
    public double elements() {
        return (double) n * inH * inW * inC + (double) outC * kH * kW * inC + (double) n * outH() * outW() * outC;
    }
}
