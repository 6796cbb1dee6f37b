package anneal.parity;

import anneal.parity.OpTable.Inputs;
import anneal.parity.OpTable.Operation;
import anneal.tensor.Softmax;
import anneal.tensor.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Functions of single elements, arithmetic, reductions and softmax. */
final class PointwiseOps {
    private PointwiseOps() {
    }

    static void addTo(Map<String, Operation> table) {
        unary(table, "silu", Tensor::silu);
        unary(table, "relu", Tensor::relu);
        unary(table, "gelu_erf", Tensor::geluErf);
        unary(table, "gelu_tanh", Tensor::geluTanh);
        unary(table, "quick_gelu", Tensor::geluQuick);
        unary(table, "tanh", Tensor::tanh);
        unary(table, "sigmoid", Tensor::sigmoid);
        unary(table, "exp", Tensor::exp);
        unary(table, "log", Tensor::log);
        unary(table, "sqrt", Tensor::sqrt);
        unary(table, "square", Tensor::square);
        unary(table, "abs", Tensor::abs);
        unary(table, "neg", Tensor::neg);
        table.put("pow", in -> in.x().pow(in.real("exponent", 2)));
        table.put("clamp", PointwiseOps::clamp);
        binary(table, "add", Tensor::add);
        binary(table, "sub", Tensor::sub);
        binary(table, "mul", Tensor::mul);
        binary(table, "div", Tensor::div);
        table.put("sum", in -> in.x().sum(in.flag("keepdim"), axes(in)));
        table.put("mean", in -> in.x().mean(in.flag("keepdim"), axes(in)));
        table.put("var", in -> in.x().var(in.flag("keepdim"), in.number("correction", 1), axes(in)));
        table.put("softmax", in -> alongDim(in, Softmax::softmax));
        table.put("log_softmax", in -> alongDim(in, Softmax::logSoftmax));
        table.put("cross_entropy", PointwiseOps::crossEntropy);
    }

    private static void unary(Map<String, Operation> table, String name, UnaryOperator<Tensor> f) {
        table.put(name, in -> f.apply(in.x()));
    }

    private static void binary(Map<String, Operation> table, String name, BinaryOperator<Tensor> f) {
        table.put(name, in -> f.apply(in.get("a"), in.get("b")));
    }

    private static Tensor clamp(Inputs in) {
        return in.x().clamp(in.real("min", Double.NEGATIVE_INFINITY), in.real("max", Double.POSITIVE_INFINITY));
    }

    /** The attribute {@code dims}; all of them if it is absent. */
    private static int[] axes(Inputs in) {
        var dims = in.numbers("dims");
        return dims == null ? IntStream.range(0, in.x().rank()).toArray() : dims;
    }

    private static Tensor alongDim(Inputs in, UnaryOperator<Tensor> overLast) {
        var order = Axes.toLast(in.x().rank(), in.number("dim", -1));
        return overLast.apply(in.x().permute(order)).permute(Axes.inverse(order));
    }

    /** Logits [N, K, ..] with labels [N, ..]. */
    private static Tensor crossEntropy(Inputs in) {
        in.requireDefault("label_smoothing", "0.0");
        var x = in.x();
        var target = in.get("target");
        var rows = x.rank() == 1 ? x.reshape(1, -1)
                : x.permute(Axes.channelsLast(x.rank())).reshape(-1, x.dim(1));
        var losses = Softmax.crossEntropy(rows, target.reshape(Math.toIntExact(target.size())));
        return switch (in.text("reduction", "mean")) {
            case "none" -> losses.reshape(target.shape().toArray());
            case "sum" -> losses.sum();
            case "mean" -> losses.mean();
            default -> throw new UnsupportedOperationException("reduction '" + in.text("reduction", "") + "'");
        };
    }
}
