package anneal.kernel;

import anneal.kernel.MapOp.Fn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Every point-wise function over every kind of broadcast, and every reduction over every set of axes. */
final class PointwiseCases {
    private static final int[][][] SHAPES = {
        {{37}, {37}, {37}, {37}},
        {{2, 3, 5, 19}, {2, 3, 5, 19}, {2, 1, 1, 19}, {19}},
        {{4, 33}, {4, 1}, {4, 33}, {1}},
        {{3, 6, 16}, {}, {3, 6, 16}, {6, 1}},
        {{2, 1, 3, 2, 4}, {1, 3, 1, 4}, {2, 1, 3, 2, 4}, {2, 1, 1, 1, 1}},
        {{700, 3}, {700, 3}, {3}, {700, 1}},
        {{}, {}, {}, {}},
    };

    private PointwiseCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (var fn : Fn.values()) {
            for (var shapes : SHAPES) {
                var name = "map " + fn + " " + Shape.of(shapes[0]) + " <- " + Arrays.deepToString(shapes);
                cases.add(new KernelCase(name, 1, lab -> map(lab, fn, shapes)));
            }
            cases.add(new KernelCase("map " + fn + " in place", 1, lab -> inPlace(lab, fn)));
        }
        for (var fn : ReduceOp.Fn.values()) {
            for (int axes = 0; axes < 16; axes++) {
                int set = axes;
                cases.add(new KernelCase("reduce " + fn + " axes " + Arrays.toString(members(set)), 100,
                        lab -> reduce(lab, fn, members(set))));
            }
            cases.add(new KernelCase("reduce " + fn + " long", 5000, lab -> lab.kernels().reduce(
                    ReduceOp.of(fn, 1, 0), new int[] {0, 1}, lab.input(50, 101), lab.output(1, 1))));
            cases.add(new KernelCase("reduce " + fn + " long columns", 5000, lab -> lab.kernels().reduce(
                    ReduceOp.of(fn, 1, 0), new int[] {0, 1}, lab.input(2, 2500, 7), lab.output(1, 1, 7))));
        }
        return cases;
    }

    /** Constants that make the function interesting. */
    private static MapOp op(Fn fn) {
        return switch (fn) {
            case AXPBY, AFFINE -> MapOp.of(fn, 0.7, -1.3);
            case POW, POW_GRAD -> MapOp.of(fn, 2.5, 0);
            case CLAMP, CLAMP_GRAD -> MapOp.of(fn, -0.5, 0.8);
            case LESS -> MapOp.of(fn, 0.2, 0);
            case ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, MUL_ADD, SQUARE, ABS, EXP, LOG, SQRT, RSQRT, RECIPROCAL, SIN,
                 COS, TANH, SIGMOID, SILU, RELU, GELU_ERF, GELU_TANH, GELU_QUICK, NORMAL_CDF, SELECT, ABS_GRAD,
                 SILU_GRAD, RELU_GRAD, GELU_ERF_GRAD, GELU_TANH_GRAD, GELU_QUICK_GRAD, TANH_GRAD, SIGMOID_GRAD,
                 NORMAL_CDF_GRAD -> MapOp.of(fn);
        };
    }

    /** Numbers from where operand {@code i} of the function is defined. */
    private static Buf operand(Lab lab, Fn fn, int i, int[] dims) {
        var shape = Shape.of(dims);
        double[] values = switch (fn) {
            case LOG, SQRT, RSQRT, POW -> lab.uniforms(shape.size(), 0.01, 9);
            case POW_GRAD -> i == 0 ? lab.uniforms(shape.size(), 0.01, 9) : lab.normals(shape.size());
            case RECIPROCAL -> lab.uniforms(shape.size(), 0.2, 5);
            case DIV -> i == 1 ? lab.uniforms(shape.size(), -5, -0.2) : lab.normals(shape.size());
            case EXP, SIN, COS, TANH, SIGMOID, SILU, GELU_ERF, GELU_TANH, GELU_QUICK, NORMAL_CDF ->
                    lab.uniforms(shape.size(), -8, 8);
            case SELECT -> i == 0 ? zerosAndOnes(lab, shape) : lab.normals(shape.size());
            case TANH_GRAD -> lab.uniforms(shape.size(), -1, 1);
            case SIGMOID_GRAD -> lab.uniforms(shape.size(), 0, 1);
            case ADD, SUB, MUL, MAXIMUM, MINIMUM, AXPBY, MUL_ADD, AFFINE, SQUARE, ABS, RELU, CLAMP, LESS, ABS_GRAD,
                 SILU_GRAD, RELU_GRAD, GELU_ERF_GRAD, GELU_TANH_GRAD, GELU_QUICK_GRAD, CLAMP_GRAD, NORMAL_CDF_GRAD ->
                    lab.normals(shape.size());
        };
        return lab.holding(values, shape);
    }

    private static double[] zerosAndOnes(Lab lab, Shape shape) {
        return Arrays.stream(lab.uniforms(shape.size(), 0, 2)).map(Math::floor).toArray();
    }

    private static void map(Lab lab, Fn fn, int[][] shapes) {
        var in = new Buf[fn.arity()];
        Arrays.setAll(in, i -> operand(lab, fn, i, fn.arity() == 1 ? shapes[0] : shapes[i + 1]));
        lab.kernels().map(op(fn), lab.output(shapes[0]), in);
    }

    private static void inPlace(Lab lab, Fn fn) {
        var in = new Buf[fn.arity()];
        Arrays.setAll(in, i -> operand(lab, fn, i, new int[] {5, 21}));
        int written = lab.random().nextInt(in.length);
        lab.kernels().map(op(fn), lab.alsoResult(in[written]), in);
    }

    private static int[] members(int set) {
        int[] axes = {0, 1, 2, 3};
        return Arrays.stream(axes).filter(axis -> (set >> axis & 1) != 0).toArray();
    }

    private static void reduce(Lab lab, ReduceOp.Fn fn, int[] axes) {
        int[] in = {lab.between(1, 4), lab.between(1, 9), lab.between(1, 9), lab.between(1, 40)};
        var out = in.clone();
        for (int axis : axes) {
            out[axis] = 1;
        }
        double beta = lab.perhaps() ? 0 : 0.3;
        var op = ReduceOp.of(fn, lab.perhaps() ? 1 : -0.8, beta);
        lab.kernels().reduce(op, axes, lab.input(in), lab.target(beta, out));
    }
}
