package anneal.parity;

import anneal.io.TensorData;
import anneal.nn.Module;
import anneal.nn.StateDict;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Gradients of parameters in the three forms that the fixtures have: whole ({@code grad.p.NAME}), every stride-th
 * element ({@code gsub.p.NAME}), and four projections ({@code gproj.p.NAME}).
 */
final class ParameterGradients {
    private ParameterGradients() {
    }

    /** Adds those gradients of the module's arena that the case lists. */
    static void put(Outputs out, Manifest.Case entry, Module module) {
        var gradients = StateDict.gradients(module);
        for (var t : entry.expected()) {
            int dot = t.name().indexOf(".p.");
            var gradient = dot < 0 ? null : gradients.get(t.name().substring(dot + ".p.".length()));
            if (gradient != null) {
                put(out, t, t.name().substring(0, dot), gradient);
            }
        }
    }

    private static void put(Outputs out, Manifest.Entry t, String form, TensorData gradient) {
        switch (form) {
            case "grad" -> out.put(t.name(), gradient);
            case "gsub" -> out.put(t.name(), everyNth(gradient, t.stride()));
            case "gproj" -> out.put(t.name(), projections(gradient.toDoubles()));
            default -> {
                // an output that happens to have .p. in its name, not a gradient
            }
        }
    }

    private static TensorData everyNth(TensorData gradient, int stride) {
        var g = gradient.toDoubles();
        var some = IntStream.iterate(0, i -> i < g.length, i -> i + stride).mapToDouble(i -> g[i]).toArray();
        return TensorData.of(some, some.length).cast(gradient.type());
    }

    /** Mean-like, root-mean-square, and two oscillating sums: sensitive to any element, in whatever place. */
    private static double[] projections(double... g) {
        double sum = 0;
        double squares = 0;
        double cosines = 0;
        double sines = 0;
        for (int i = 0; i < g.length; i++) {
            sum += g[i];
            squares += g[i] * g[i];
            cosines += g[i] * Math.cos(0.7 * i + 0.1);
            sines += g[i] * Math.sin(1.3 * i + 0.5);
        }
        double root = Math.sqrt(g.length);
        return new double[] {sum / root, Math.sqrt(squares) / root, cosines / root, sines / root};
    }
}
