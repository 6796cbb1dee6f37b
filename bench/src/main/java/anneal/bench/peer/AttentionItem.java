package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Qkv;
import anneal.tensor.Device;
import java.util.Map;

/** Self-attention of packed queries, keys and values [n, length, all q | all k | all v], or its gradient. */
public record AttentionItem(int n, int length, int heads, int headDim, boolean backward) implements Item {
    private static final int PACKED = 3;
    /** Five products of matrices where forward has two. */
    private static final double BACKWARD_FLOPS = 2.5;
    private static final double TOLERANCE = 1e-5;

    @Override
    public String name() {
        return "attention/n%d-T%d-h%d-d%d/%s".formatted(n, length, heads, headDim, backward ? "backward" : "forward");
    }

    @Override
    public Map<String, Object> spec() {
        return Map.of("kind", "attention", "backward", backward, "heads", heads);
    }

    private AttentionSpec attentionSpec() {
        return new AttentionSpec(n, heads, headDim, length, length, headDim, headDim, headDim, headDim, false,
                1 / Math.sqrt(headDim));
    }

    private int channels() {
        return heads * headDim;
    }

    @Override
    public Numbers numbers() {
        return new Numbers(name()).normal("qkv", n, length, PACKED * channels()).normal("g", n, length, channels());
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        var run = new KernelRun(device, inputs);
        var s = attentionSpec();
        var qkv = firstHeads(run.input("qkv"));
        var result = backward ? run.scratch(n, length, channels()) : run.output("out", n, length, channels());
        var out = result.columns(0, headDim);
        var logSumExp = run.scratch(n, heads, length);
        if (!backward) {
            return run.calling(() -> device.kernels().attention(s, qkv, null, out, logSumExp));
        }
        device.kernels().attention(s, qkv, null, out, logSumExp);
        var g = run.input("g").columns(0, headDim);
        var gradients = firstHeads(run.output("out", n, length, PACKED * channels()));
        return run.calling(() -> device.kernels().attentionBackward(s, qkv, null, out, logSumExp, g, gradients));
    }

    private Qkv firstHeads(Buf packed) {
        int step = channels();
        return new Qkv(packed.columns(0, headDim), packed.columns(step, step + headDim),
                packed.columns(2 * step, 2 * step + headDim));
    }

    @Override
    public double flops() {
        return attentionSpec().flops() * (backward ? BACKWARD_FLOPS : 1);
    }

    /** Forward q, k, v and the result; backward its gradient, and theirs. */
    @Override
    public double elements() {
        return (backward ? 8.0 : 4.0) * n * length * channels();
    }

    @Override
    public Work work() {
        return Work.flops(flops());
    }

    @Override
    public double tolerance() {
        return TOLERANCE;
    }
}
