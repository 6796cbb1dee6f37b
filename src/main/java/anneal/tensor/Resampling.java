package anneal.tensor;

import anneal.kernel.Resample;
import anneal.kernel.Shape;

/** Nearest-neighbour doubling and 2x2 average pooling of [N, H, W, C]. */
public record Resampling(Resample mode) implements Op {
    public static Tensor upsampleNearest(Tensor x) {
        return Op.apply(new Resampling(Resample.UP), x);
    }

    /** An odd last row or column is dropped. */
    public static Tensor averagePool(Tensor x) {
        return Op.apply(new Resampling(Resample.DOWN), x);
    }

    static Shape resampled(Shape s, Resample mode) {
        return Shape.of(s.dim(0), mode.apply(s.dim(1)), mode.apply(s.dim(2)), s.dim(3));
    }

    /** The gradient with respect to an input of shape {@code shape}. */
    static Tensor backward(Device device, Resample mode, Tensor g, Shape shape) {
        if (mode == Resample.NONE) {
            return g;
        }
        if (mode == Resample.UP) {
            Tensor dx = device.empty(g.dtype(), shape);
            device.kernels().resample(Resample.DOWN, g.buf(), dx.buf(), 4, 0);
            return dx;
        }
        boolean even = shape.dim(1) % 2 == 0 && shape.dim(2) % 2 == 0;
        Tensor dx = device.empty(g.dtype(), resampled(g.shape(), Resample.UP));
        device.kernels().resample(Resample.UP, g.buf(), dx.buf(), 0.25, 0);
        return even ? dx : Pad.pad(Pad.pad(dx, 1, 0, shape.dim(1) % 2), 2, 0, shape.dim(2) % 2);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor y = c.device().empty(in[0].dtype(), resampled(in[0].shape(), mode));
        c.kernels().resample(mode, in[0].buf(), y.buf(), 1, 0);
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        return new Tensor[] {backward(c.device(), mode, g, c.inputShape(0))};
    }
}
