package anneal.tensor;

import anneal.kernel.MapOp;
import anneal.kernel.Shape;

/** The same elements under another shape: a view where the memory allows it. */
record Reshape(Shape to) implements Op {
    static Tensor reshape(Tensor x, int... dims) {
        Shape to = resolve(x.shape(), dims);
        return to.equals(x.shape()) ? x : Op.apply(new Reshape(to), x);
    }

    private static Shape resolve(Shape from, int[] dims) {
        int[] d = dims.clone();
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < d.length; i++) {
            if (d[i] == -1 && unknown < 0) {
                unknown = i;
            } else {
                known *= d[i];
            }
        }
        if (unknown >= 0 && known > 0) {
            d[unknown] = Math.toIntExact(from.size() / known);
        }
        Shape to = Shape.of(d);
        if (to.size() != from.size()) {
            throw new IllegalArgumentException("cannot reshape " + from + " to " + to);
        }
        return to;
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        return view(c.device(), in[0], to);
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        return new Tensor[] {view(c.device(), g, c.inputShape(0))};
    }

    private static Tensor view(Device device, Tensor x, Shape to) {
        if (x.buf().isDense() || to.rank() > 0 && to.last() == x.shape().last()) {
            return device.view(x.buf().reshape(to));
        }
        Tensor dense = device.empty(x.dtype(), x.shape());
        device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 1, 0), dense.buf(), x.buf());
        return device.view(dense.buf().reshape(to));
    }
}
