package anneal.tensor;

import anneal.kernel.CopySpec;
import anneal.kernel.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Axes in a new order: axis i of the result is axis order[i] of the input. */
record Permute(List<Integer> order) implements Op {
    static Tensor permute(Tensor x, int... order) {
        int[] o = IntStream.of(order).map(x.shape()::axis).toArray();
        if (o.length != x.rank() || IntStream.of(o).distinct().count() != o.length) {
            throw new IllegalArgumentException("order " + Arrays.toString(order) + " of shape " + x.shape());
        }
        return Op.apply(new Permute(IntStream.of(o).boxed().toList()), x);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        return permuted(c.device(), in[0], order.stream().mapToInt(i -> i).toArray());
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        int[] inverse = new int[order.size()];
        for (int i = 0; i < inverse.length; i++) {
            inverse[order.get(i)] = i;
        }
        return new Tensor[] {permuted(c.device(), g, inverse)};
    }

    private static Tensor permuted(Device device, Tensor x, int[] order) {
        int[] dims = IntStream.of(order).map(x::dim).toArray();
        Tensor y = device.empty(x.dtype(), Shape.of(dims));
        long[] from = Strided.strides(x.buf());
        long[] strides = IntStream.of(order).mapToLong(i -> from[i]).toArray();
        device.kernels().copy(new CopySpec(dims, 0, strides, 0, y.shape().strides(), false), x.buf(), y.buf());
        return y;
    }
}
