package anneal.tensor;

import anneal.kernel.CopySpec;
import anneal.kernel.Shape;

/** Entries start, start + step, ... of one axis, {@code count} of them; the step may be negative. */
public record Slice(int axis, int start, int step, int count) implements Op {
    /** Entries from, from + step, ... before to (Python's conventions for positive steps, no negative indices). */
    public static Tensor slice(Tensor x, int axis, int from, int to, int step) {
        int a = x.shape().axis(axis);
        if (step < 1 || from < 0 || to > x.dim(a) || from > to) {
            throw new IllegalArgumentException("slice " + from + ":" + to + ":" + step + " of axis " + axis + " of "
                    + x.shape());
        }
        return Op.apply(new Slice(a, from, step, (to - from + step - 1) / step), x);
    }

    /** The axis backwards. */
    public static Tensor flip(Tensor x, int axis) {
        int a = x.shape().axis(axis);
        return Op.apply(new Slice(a, x.dim(a) - 1, -1, x.dim(a)), x);
    }

    /** Entries start, start + step, ..., {@code count} of them. */
    public static Tensor of(Tensor x, int axis, int start, int step, int count) {
        int a = x.shape().axis(axis);
        int last = start + step * (count - 1);
        if (count > 0 && (start < 0 || start >= x.dim(a) || last < 0 || last >= x.dim(a))) {
            throw new IllegalArgumentException("entries " + start + ".." + last + " of axis " + axis + " of " + x.shape());
        }
        return Op.apply(new Slice(a, start, step, count), x);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Tensor x = in[0];
        Shape shape = x.shape().with(axis, count);
        Tensor y = c.device().empty(x.dtype(), shape);
        long[] strides = Strided.strides(x.buf());
        long at = start * strides[axis];
        strides[axis] *= step;
        c.kernels().copy(new CopySpec(shape.toArray(), at, strides, 0, shape.strides(), false), x.buf(), y.buf());
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor dx = c.device().zeros(g.dtype(), c.inputShape(0));
        long[] strides = dx.shape().strides();
        long at = start * strides[axis];
        strides[axis] *= step;
        c.kernels().copy(new CopySpec(g.shape().toArray(), 0, Strided.strides(g.buf()), at, strides, false),
                g.buf(), dx.buf());
        return new Tensor[] {dx};
    }
}
