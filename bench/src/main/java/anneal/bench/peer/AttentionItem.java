package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Qkv;
import anneal.kernel.Storage;
import anneal.kernel.cuda.vendor.VendorLibraries;
import anneal.tensor.Device;
import java.util.Map;
import java.util.function.LongFunction;

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
        var kernels = device.kernels();
        return prepare(device, inputs, (s, qkv, out, logSumExp) -> kernels.attention(s, qkv, null, out, logSumExp),
                (s, qkv, out, logSumExp, g, gradients) ->
                        kernels.attentionBackward(s, qkv, null, out, logSumExp, g, gradients));
    }

    @Override
    public Ours byLibrary(Device device, VendorLibraries libraries, Map<String, TensorData> inputs) {
        LongFunction<Storage> scratch = device.backend()::allocate;
        return prepare(device, inputs, (s, qkv, out, logSumExp) ->
                        NotTaken.unless(libraries.attention(s, qkv, null, out, logSumExp, scratch)),
                (s, qkv, out, logSumExp, g, gradients) -> NotTaken.unless(
                        libraries.attentionBackward(s, qkv, null, out, logSumExp, g, gradients, scratch)));
    }

    private interface Forward {
        void run(AttentionSpec s, Qkv qkv, Buf out, Buf logSumExp);
    }

    private interface Backward {
        void run(AttentionSpec s, Qkv qkv, Buf out, Buf logSumExp, Buf g, Qkv gradients);
    }

    /** The gradient begins with what the same side's forward pass left. */
    private Ours prepare(Device device, Map<String, TensorData> inputs, Forward forward, Backward gradient) {
        var run = new KernelRun(device, inputs);
        try {
            var s = attentionSpec();
            var qkv = firstHeads(run.input("qkv"));
            var result = backward ? run.scratch(n, length, channels()) : run.output("out", n, length, channels());
            var out = result.columns(0, headDim);
            var logSumExp = run.statistics(n, heads, length);
            if (!backward) {
                return run.calling(() -> forward.run(s, qkv, out, logSumExp));
            }
            forward.run(s, qkv, out, logSumExp);
            var g = run.input("g").columns(0, headDim);
            var gradients = firstHeads(run.output("out", n, length, PACKED * channels()));
            return run.calling(() -> gradient.run(s, qkv, out, logSumExp, g, gradients));
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
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
