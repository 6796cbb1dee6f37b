package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.cuda.vendor.VendorLibraries;
import anneal.tensor.Device;
import java.util.Map;

/**
 * A matrix product.
 *
 * @param transA the first operand is stored k x m
 * @param transB the second operand is stored n x k
 */
public record GemmItem(int m, int n, int k, boolean transA, boolean transB) implements Item {
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
    public Numbers numbers() {
        return new Numbers(name())
                .normal("a", transA ? k : m, transA ? m : k)
                .normal("b", transB ? n : k, transB ? k : n);
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        return prepare(device, inputs, (a, b, out) -> device.lowering().gemm(gemmSpec(), a, b, Epilogue.NONE, out));
    }

    @Override
    public Ours byLibrary(Device device, VendorLibraries libraries, Map<String, TensorData> inputs) {
        return prepare(device, inputs,
                (a, b, out) -> NotTaken.unless(libraries.gemm(gemmSpec(), a, b, Epilogue.NONE, out)));
    }

    private interface Product {
        void multiply(Buf a, Buf b, Buf out);
    }

    private Ours prepare(Device device, Map<String, TensorData> inputs, Product product) {
        var run = new KernelRun(device, inputs);
        var a = run.input("a");
        var b = run.input("b");
        var out = run.output("out", m, n);
        return run.calling(() -> product.multiply(a, b, out));
    }

    private GemmSpec gemmSpec() {
        return GemmSpec.of(m, n, k, transA, transB);
    }

    @Override
    public double flops() {
        return gemmSpec().flops();
    }

    @Override
    public double elements() {
        return (double) m * k + (double) k * n + (double) m * n;
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
