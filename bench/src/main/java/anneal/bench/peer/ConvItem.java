package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.Epilogue;
import anneal.kernel.Prologue;
import anneal.kernel.cuda.vendor.VendorLibraries;
import anneal.tensor.Device;
import java.util.Locale;
import java.util.Map;

/** A bare convolution, or one of its gradients; zeros of half the kernel's size around the image. */
public record ConvItem(Mode mode, int n, int h, int w, int inC, int outC, int kernel, int stride) implements Item {
    private static final double TOLERANCE = 1e-5;

    @Override
    public String name() {
        return "conv%dx%ds%d/%dx%dx%dx%d-%d/%s".formatted(kernel, kernel, stride, n, h, w, inC, outC,
                mode.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    private ConvSpec convSpec() {
        return new ConvSpec(mode, n, h, w, inC, outC, kernel, kernel, stride, kernel / 2);
    }

    @Override
    public Map<String, Object> spec() {
        return Map.of("kind", "conv", "mode", mode.name(), "inC", inC, "outC", outC, "kernel", kernel,
                "stride", stride);
    }

    @Override
    public Numbers numbers() {
        var s = convSpec();
        return new Numbers(name())
                .normal("x", n, h, w, inC)
                .normal("w", 1 / Math.sqrt(kernel * kernel * inC), 0, outC, kernel, kernel, inC)
                .normal("g", n, s.outH(), s.outW(), outC);
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        return prepare(device, inputs, true,
                (x, weight, y) -> device.lowering().conv(convSpec(), Prologue.NONE, x, weight, Epilogue.NONE, y));
    }

    /** cuDNN's weight gradient has the type of the images, where ours has the type that training adds up in. */
    @Override
    public Ours byLibrary(Device device, VendorLibraries libraries, Map<String, TensorData> inputs) {
        return prepare(device, inputs, false, (x, weight, y) -> NotTaken.unless(libraries.conv(convSpec(), x, weight,
                Epilogue.NONE, y, device.backend()::allocate)));
    }

    private interface Convolution {
        void convolve(Buf x, Buf weight, Buf y);
    }

    private Ours prepare(Device device, Map<String, TensorData> inputs, boolean wide, Convolution convolution) {
        var run = new KernelRun(device, inputs);
        var s = convSpec();
        var x = mode == Mode.DATA_GRADIENT ? run.output("out", n, h, w, inC) : run.input("x");
        var weight = mode != Mode.WEIGHT_GRADIENT ? run.input("w")
                : wide ? run.gradient("out", outC, kernel, kernel, inC) : run.output("out", outC, kernel, kernel, inC);
        var y = mode == Mode.FORWARD ? run.output("out", n, s.outH(), s.outW(), outC) : run.input("g");
        return run.calling(() -> convolution.convolve(x, weight, y));
    }

    @Override
    public double flops() {
        return convSpec().flops();
    }

    @Override
    public double elements() {
        return convSpec().elements();
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
