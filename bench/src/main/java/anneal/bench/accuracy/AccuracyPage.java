package anneal.bench.accuracy;

import anneal.bench.peer.UNetEvaluation;
import anneal.bench.peer.UNetItem;
import anneal.kernel.ConvAlgorithm;
import anneal.sample.DiffusionModel;
import anneal.sample.SampleRequest;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

/**
 * The page about the exactness of convolutions.
 *
 * @param command by which words the page was asked for
 * @param commit  what was measured; may be empty
 */
public record AccuracyPage(String command, String commit) {
    private static final long SEED = 0;
    private static final List<ConvAlgorithm> SAMPLED = List.of(ConvAlgorithm.DIRECT, ConvAlgorithm.AUTO,
            ConvAlgorithm.FAST, ConvAlgorithm.F4);

    /** Measures and returns Markdown. */
    public String write(String model, int count, int steps) throws IOException {
        var out = new StringBuilder("""
                # How exact the convolutions are

                """);
        try (var device = Devices.open("cpu", DeviceOptions.DEFAULT)) {
            out.append("%s%s; %s. Made by%n%n    %s%n%n".formatted(LocalDate.now(),
                    commit.isEmpty() ? "" : ", commit " + commit, device, command));
        }
        out.append("""
                The reference is float64, computed from the same float32 numbers: for a layer those that it reads (after norm
                and activation), for samples the weights and the noise. A layer's error is ||y - y64|| / ||y64||. Where a
                shape does not allow Winograd's convolution (fewer than 16 channels), every column is the direct one.

                """);
        layers(out, "`" + model + "`, its first step from noise", sampled(model));
        layers(out, "The ADM UNet of 11.1 million parameters, random weights, 32x32x3", random());
        samples(out, model, count, steps);
        return out.toString();
    }

    private static List<LayerErrors.Layer> sampled(String model) throws IOException {
        try (var errors = new LayerErrors(); var device = new Device(errors.backend());
                var opened = DiffusionModel.open(model, device)) {
            opened.sampler().sample(SampleRequest.of(4, SEED).withSteps(1));
            return errors.layers();
        }
    }

    private static List<LayerErrors.Layer> random() {
        var item = new UNetItem("adm32", UNetItem.adm32(), 2, false);
        try (var errors = new LayerErrors(); var device = new Device(errors.backend());
                var network = new UNetEvaluation(item.config(), device, item.inputs())) {
            network.results();
            return errors.layers();
        }
    }

    private static void layers(StringBuilder out, String title, List<LayerErrors.Layer> layers) {
        out.append(("## %s%n%n| layer | height x width, channels | direct | F(2x2,3x3) | F(4x4,3x3) | `--conv fast` takes |"
                + "%n|---|---|---|---|---|---|%n").formatted(title));
        for (int i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            var s = layer.spec();
            out.append("| %d | %dx%d, %d to %d |".formatted(i + 1, s.outH(), s.outW(), s.inC(), s.outC()));
            for (var algorithm : LayerErrors.ALGORITHMS) {
                out.append(String.format(Locale.ROOT, " %.1e |", layer.errors().get(algorithm)));
            }
            out.append(" %s |%n".formatted(layer.fast()));
        }
        out.append(System.lineSeparator());
    }

    private static void samples(StringBuilder out, String model, int count, int steps) throws IOException {
        var request = SampleRequest.of(count, SEED).withSteps(steps);
        out.append(("## %d samples of `%s`, %d steps of DDIM, beside float64 from the same noise%n%n"
                + "| `--conv` | distance | worst pixel (of -1..1) | bytes that differ |%n|---|---|---|---|%n")
                .formatted(count, model, steps));
        for (var row : SampleErrors.measure(model, request, SAMPLED)) {
            out.append(String.format(Locale.ROOT, "| %s | %.1e | %.1e | %.3f %% |%n",
                    row.algorithm().toString().toLowerCase(Locale.ROOT), row.relative(), row.worst(),
                    100 * row.bytes()));
        }
    }
}
