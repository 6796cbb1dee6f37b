package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.tensor.Device;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A matrix product.
 *
 * @param transA the first operand is stored k x m
 * @param transB the second operand is stored n x k
 */
record GemmItem(int m, int n, int k, boolean transA, boolean transB) implements Item {
    private static final double TOLERANCE = 1e-5;

    @Override
    public String name() {
        return "gemm/%dx%dx%d/%s%s".formatted(m, n, k, transA ? "T" : "N", transB ? "T" : "N");
    }

    @Override
    public Map<String, Object> spec() {
        return Map.of("kind", "gemm", "m", m, "n", n, "k", k, "transA", transA, "transB", transB);
    }

    @Override
    public SequencedMap<String, TensorData> inputs() {
        return new Numbers(name())
                .normal("a", transA ? k : m, transA ? m : k)
                .normal("b", transB ? n : k, transB ? k : n).tensors();
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        var run = new KernelRun(device, inputs);
        var a = run.input("a");
        var b = run.input("b");
        var out = run.output("out", m, n);
        var spec = GemmSpec.of(m, n, k, transA, transB);
        return run.calling(() -> device.lowering().gemm(spec, a, b, Epilogue.NONE, out));
    }

    @Override
    public Work work() {
        return Work.flops(GemmSpec.of(m, n, k, transA, transB).flops());
    }

    @Override
    public double tolerance() {
        return TOLERANCE;
    }
}
