package anneal.parity;

import anneal.io.TensorData;
import anneal.tensor.Device;
import anneal.tensor.Devices;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What one rounding of a case's parameters, and of what goes into its network or operation, does to its results: a
 * property of the case, computed in float64 on the reference device, with errors that no device under test has made.
 */
final class Conditioning {
    private static final int DRAWS = 4;
    /** Kinds whose inputs are rounded as they are; elsewhere they are float32 until a network takes them. */
    private static final Set<String> ROUNDED_INPUTS = Set.of("op", "unet", "encoder");

    private Conditioning() {
    }

    /**
     * @param unit  root mean square of one rounding's relative error
     * @param scale of a tensor, as for {@link Comparison#inPrecision}
     * @return by tensor, ||disturbed - exact|| / ||exact|| in the root mean square of several draws
     */
    static Map<String, Double> of(Manifest manifest, Manifest.Case entry, CaseRunner runner, double unit,
                                  ToDoubleFunction<Manifest.Entry> scale) throws IOException {
        var squares = new HashMap<String, Double>();
        try (var device = Devices.open("reference")) {
            var exact = run(device, manifest, entry, runner, Disturbance.NONE);
            for (int draw = 0; draw < DRAWS; draw++) {
                var disturbed = run(device, manifest, entry, runner,
                        new Disturbance(unit, draw, ROUNDED_INPUTS.contains(entry.kind())));
                for (var t : entry.expected()) {
                    if (!exact.containsKey(t.name())) {
                        continue;
                    }
                    var c = Comparison.inPrecision(t, exact.get(t.name()), disturbed.get(t.name()), 1,
                            scale.applyAsDouble(t));
                    squares.merge(t.name(), c.problem() == null ? c.relativeNorm() * c.relativeNorm() : 0,
                            Double::sum);
                }
            }
        }
        squares.replaceAll((name, sum) -> Math.sqrt(sum / DRAWS));
        return squares;
    }

    private static Map<String, TensorData> run(Device device, Manifest manifest, Manifest.Case entry,
                                               CaseRunner runner, Disturbance disturbance) throws IOException {
        try (var scope = device.scope(); var context = CaseContext.open(device, manifest, entry, disturbance)) {
            return runner.run(context);
        }
    }
}
