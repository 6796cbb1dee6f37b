package anneal.tensor;

import anneal.kernel.MapOp;
import anneal.kernel.ReduceOp;
import anneal.kernel.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** {@code factor} times the sum over {@code axes}, which stay with extent 1: sums and means. */
record Reduction(double factor, List<Integer> axes) implements Op {
    static Tensor sum(Tensor x, boolean keep, int... axes) {
        return reduce(x, 1, keep, axes);
    }

    static Tensor mean(Tensor x, boolean keep, int... axes) {
        return reduce(x, 1.0 / count(x.shape(), axes), keep, axes);
    }

    static Tensor var(Tensor x, boolean keep, int correction, int... axes) {
        long count = count(x.shape(), axes);
        if (count <= correction) {
            throw new IllegalArgumentException("variance of " + count + " numbers with correction " + correction);
        }
        Tensor centred = x.sub(mean(x, true, axes));
        return reduce(centred.square(), 1.0 / (count - correction), keep, axes);
    }

    private static Tensor reduce(Tensor x, double factor, boolean keep, int... axes) {
        int[] sorted = IntStream.of(axes).map(x.shape()::axis).sorted().distinct().toArray();
        Tensor kept = Op.apply(new Reduction(factor, IntStream.of(sorted).boxed().toList()), x);
        return keep ? kept : kept.reshape(without(x.shape(), sorted));
    }

    private static int[] without(Shape shape, int[] axes) {
        return IntStream.range(0, shape.rank()).filter(i -> Arrays.binarySearch(axes, i) < 0).map(shape::dim).toArray();
    }

    private static long count(Shape shape, int... axes) {
        return IntStream.of(axes).map(shape::axis).distinct().mapToLong(shape::dim).reduce(1, (a, b) -> a * b);
    }

    static int[] allAxes(int rank) {
        return axesFrom(0, rank);
    }

    static int[] axesFrom(int first, int rank) {
        return IntStream.range(first, rank).toArray();
    }

    /** The adjoint of broadcasting: sums {@code g} down to {@code shape}. */
    static Tensor sumTo(Tensor g, Shape shape) {
        if (g.shape().equals(shape)) {
            return g;
        }
        int lead = g.rank() - shape.rank();
        List<Integer> axes = new ArrayList<>();
        for (int i = 0; i < g.rank(); i++) {
            if (i < lead || shape.dim(i - lead) == 1 && g.dim(i) != 1) {
                axes.add(i);
            }
        }
        Tensor kept = axes.isEmpty() ? g : sum(g, true, axes.stream().mapToInt(i -> i).toArray());
        return kept.reshape(shape.toArray());
    }

    /** As {@link #sumTo} for the given axes, in the device's wide type: the gradient of a parameter, or part of one. */
    static Tensor wideSum(Tensor g, Shape shape, int... axes) {
        Shape kept = g.shape();
        for (int a : axes) {
            kept = kept.with(a, 1);
        }
        Tensor sum = g.device().empty(kept);
        g.device().kernels().reduce(ReduceOp.SUM, axes, g.buf(), sum.buf());
        return sum.reshape(shape.toArray());
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        Shape kept = in[0].shape();
        for (int a : axes) {
            kept = kept.with(a, 1);
        }
        Tensor y = c.device().empty(in[0].dtype(), kept);
        int[] which = axes.stream().mapToInt(i -> i).toArray();
        c.kernels().reduce(ReduceOp.of(ReduceOp.Fn.SUM, factor, 0), which, in[0].buf(), y.buf());
        return y;
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor x = c.device().empty(g.dtype(), c.inputShape(0));
        c.kernels().map(MapOp.of(MapOp.Fn.AFFINE, factor, 0), x.buf(), g.buf());
        return new Tensor[] {x};
    }
}
