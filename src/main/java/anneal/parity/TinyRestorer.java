package anneal.parity;

import anneal.diffusion.cold.Restorer;
import anneal.io.TensorData;
import anneal.nn.Initialiser;
import anneal.nn.Module;
import anneal.nn.Parameter;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.nn.WeightLayout;
import anneal.tensor.Conv2d;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;

/** The network of the Cold Diffusion fixtures: two convolutions, with the time between them and half of x beside. */
final class TinyRestorer extends Module {
    private static final String GIVEN = "net.";
    private static final int HIDDEN = 6;

    private final Parameter w1;
    private final Parameter b1;
    private final Parameter e;
    private final Parameter w2;
    private final Parameter b2;

    private TinyRestorer(int channels) {
        w1 = parameter("w1", WeightLayout.CONV2D, Initialiser.ZEROS, HIDDEN, 3, 3, channels);
        b1 = parameter("b1", WeightLayout.PLAIN, Initialiser.ZEROS, HIDDEN);
        e = parameter("e", WeightLayout.PLAIN, Initialiser.ZEROS, HIDDEN);
        w2 = parameter("w2", WeightLayout.CONV2D, Initialiser.ZEROS, channels, 3, 3, HIDDEN);
        b2 = parameter("b2", WeightLayout.PLAIN, Initialiser.ZEROS, channels);
    }

    /** Declared for the channels of the case's weights. */
    static TinyRestorer of(CaseContext c) throws IOException {
        return new TinyRestorer(c.data("net.w2").intShape()[0]);
    }

    /** Sets its values, in whatever arena it lies, to the case's. */
    TinyRestorer load(CaseContext c) throws IOException {
        var weights = new LinkedHashMap<String, TensorData>();
        for (var name : parameters().keySet()) {
            weights.put(name, c.data(GIVEN + name));
        }
        StateDict.load(this, weights);
        return this;
    }

    /** As {@link Restorer}. */
    Tensor restore(Tensor x, Tensor time) {
        return scoped(in -> {
            var image = in[0].toFloating();
            var h = Conv2d.conv2d(image, w1.value(), b1.value(), 1, 1);
            var heard = in[1].affine(0.1, 0.1).perSample(4).mul(e.value().reshape(1, 1, 1, HIDDEN));
            var hidden = h.add(heard).tanh().toFloating();
            return Conv2d.conv2d(hidden, w2.value(), b2.value(), 1, 1, image.mul(0.5)).toWide();
        }, x, time);
    }

    /** A restorer of the case, {@code net.analytic} or the tiny network, and what holds its memory. */
    record Open(Restorer restorer, ParameterArena arena) implements AutoCloseable {
        @Override
        public void close() {
            if (arena != null) {
                arena.close();
            }
        }
    }

    static Open open(CaseContext c) throws IOException {
        if (c.has("net.analytic")) {
            int channels = c.config().has("channels") ? c.config().path("channels").asInt()
                    : c.data("x0").intShape()[1];
            return new Open(analytic(c.device(), channels, c.doubles("net.analytic")), null);
        }
        var tiny = of(c);
        var arena = ParameterArena.forInference(c.device(), tiny);
        tiny.load(c);
        return new Open(tiny::restore, arena);
    }

    /** (a0 - a1 t) x + b blur(x), the blur with the binomial kernel of nine taps. */
    private static Restorer analytic(Device device, int channels, double... a) {
        var w = new double[channels * 9 * channels];
        for (int i = 0; i < channels * 9; i++) {
            int row = i % 9 / 3;
            int column = i % 3;
            w[i * channels + i / 9] = (row == 1 ? 2 : 1) * (column == 1 ? 2 : 1) / 16.0;
        }
        var kernel = device.of(w, channels, 3, 3, channels);
        return (x, time) -> {
            var blurred = Conv2d.conv2d(x, kernel, null, 1, 1);
            return x.mul(time.affine(-a[1], a[0]).perSample(4)).add(blurred.mul(a[2]));
        };
    }
}
