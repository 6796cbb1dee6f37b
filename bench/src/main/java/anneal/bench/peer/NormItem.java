package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.Activation;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.tensor.Device;
import java.util.Map;

/** GroupNorm, AdaGN's scale and shift, SiLU: the statistics and the pass over them, or their gradients. */
public record NormItem(int n, int h, int w, int channels, boolean backward) implements Item {
    private static final int GROUPS = 32;
    private static final double EPS = 1e-5;
    private static final double TOLERANCE = 1e-5;

    @Override
    public String name() {
        return "norm-adagn-silu/%dx%dx%dx%d/%s".formatted(n, h, w, channels, backward ? "backward" : "forward");
    }

    @Override
    public Map<String, Object> spec() {
        return Map.of("kind", "norm", "backward", backward, "groups", GROUPS, "eps", EPS);
    }

    @Override
    public Numbers numbers() {
        return new Numbers(name())
                .normal("x", n, h, w, channels)
                .normal("gamma", 0.3, 1, channels).normal("beta", channels)
                .normal("scale", 0.3, 0, n, channels).normal("shift", n, channels)
                .normal("g", n, h, w, channels);
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        var run = new KernelRun(device, inputs);
        var s = new NormSpec(n, h, w, channels, GROUPS, EPS);
        var x = run.input("x");
        var mean = run.statistics(n, GROUPS);
        var rstd = run.statistics(n, GROUPS);
        var p = new Prologue(mean, rstd, run.input("gamma"), run.input("beta"), run.input("scale"), run.input("shift"),
                Activation.SILU, Resample.NONE);
        if (!backward) {
            var out = run.output("out", n, h, w, channels);
            return run.calling(() -> {
                device.kernels().normStats(s, x, mean, rstd);
                device.lowering().norm(p, x, out);
            });
        }
        device.kernels().normStats(s, x, mean, rstd);
        var g = run.input("g");
        var dx = run.output("dx", n, h, w, channels);
        var dGamma = run.output("dGamma", channels);
        var dBeta = run.output("dBeta", channels);
        var dScale = run.output("dScale", n, channels);
        var dShift = run.output("dShift", n, channels);
        return run.calling(() -> device.kernels().normBackward(s, p, x, g, dx, 0, dGamma, dBeta, dScale, dShift));
    }

    /** Numbers that share a mean. */
    public double groupElements() {
        return (double) h * w * channels / GROUPS;
    }

    /** An image in and one out; its gradient needs two in. */
    @Override
    public double elements() {
        return (backward ? 3.0 : 2.0) * n * h * w * channels;
    }

    @Override
    public Work work() {
        return Work.bytes(elements() * Float.BYTES);
    }

    @Override
    public double tolerance() {
        return TOLERANCE;
    }
}
