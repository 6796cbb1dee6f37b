package anneal.kernel.cuda.vendor;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Precision;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import java.util.Random;
import jcuda.driver.CUstream;

/**
 * The child of {@link StubbedVendorTest}: the same calls to the libraries and to the cpu device, on the same memory.
 */
final class StubbedVendor {
    private static final double TOLERANCE = 1e-5;

    private final Random random = new Random(11);
    private final Backend cpu = new CpuBackend(new CpuOptions(1, false, false));
    private final VendorLibraries vendor = new VendorLibraries(new CUstream(), Precision.FP32);
    private int agreed;

    private StubbedVendor() {
    }

    public static void main(String[] args) {
        var test = new StubbedVendor();
        test.products();
        test.convolutions();
        test.agreed += StubbedAttention.agreed(test.vendor, test.cpu);
        System.out.println(test.vendor.description() + ": " + test.agreed + " results agree");
        test.vendor.close();
    }

    private void products() {
        for (int layout = 0; layout < 4; layout++) {
            boolean transA = layout % 2 == 1;
            boolean transB = layout / 2 == 1;
            for (var d : new int[][] {{1, 3, 5, 7}, {1, 16, 8, 32}, {3, 4, 6, 9}, {1, 1, 1, 1}}) {
                var s = new GemmSpec(d[0], d[1], d[2], d[3], transA, transB, (long) d[1] * d[3], (long) d[2] * d[3],
                        (long) d[1] * d[2]);
                var a = random(d[0], transA ? d[3] : d[1], transA ? d[1] : d[3]);
                var b = random(d[0], transB ? d[2] : d[3], transB ? d[3] : d[2]);
                gemm(s, a, b, random(d[0], d[1], d[2]), Epilogue.scaled(0.5, layout - 1));
            }
        }
        // views
        var s = GemmSpec.of(6, 5, 4, false, true);
        gemm(s, random(6, 11).columns(3, 7), random(5, 9).columns(1, 5), random(6, 8).columns(2, 7), Epilogue.NONE);
    }

    private void gemm(GemmSpec s, Buf a, Buf b, Buf c, Epilogue e) {
        var before = cpu.downloadFloats(c);
        var plan = cpu.kernels().plan(s);
        cpu.kernels().gemm(s, a, b, e, c, workspace(plan.workspaceBytes()));
        var expected = cpu.downloadFloats(c);
        cpu.upload(before, c);
        if (!vendor.gemm(s, a, b, e, c)) {
            throw new AssertionError("cuBLAS must take " + s);
        }
        agree(s.toString(), expected, cpu.downloadFloats(c));
    }

    private void convolutions() {
        for (var mode : ConvSpec.Mode.values()) {
            conv(new ConvSpec(mode, 2, 5, 6, 3, 4, 3, 3, 1, 1), Epilogue.NONE);
            conv(new ConvSpec(mode, 1, 7, 8, 2, 5, 3, 3, 2, 1), Epilogue.scaled(2, 1));
            conv(new ConvSpec(mode, 2, 4, 4, 6, 3, 1, 1, 1, 0), Epilogue.NONE);
            conv(new ConvSpec(mode, 1, 6, 6, 4, 2, 2, 2, 2, 0), Epilogue.scaled(1, 0.5));
        }
        var unsupported = new ConvSpec(ConvSpec.Mode.FORWARD, 1, 4, 4, 7, 2, 3, 3, 1, 1);
        if (vendor.conv(unsupported, random(1, 4, 4, 7), random(2, 3, 3, 7), Epilogue.NONE, random(1, 4, 4, 2),
                cpu::allocate)) {
            throw new AssertionError("what cuDNN does not support must be left to our kernels");
        }
    }

    private void conv(ConvSpec s, Epilogue e) {
        var x = random(s.n(), s.inH(), s.inW(), s.inC());
        var w = random(s.outC(), s.kH(), s.kW(), s.inC());
        var y = random(s.n(), s.outH(), s.outW(), s.outC());
        var out = switch (s.mode()) {
            case FORWARD -> y;
            case DATA_GRADIENT -> x;
            case WEIGHT_GRADIENT -> w;
        };
        var before = cpu.downloadFloats(out);
        var plan = cpu.kernels().plan(s);
        cpu.kernels().conv(s, Prologue.NONE, x, w, e, y, workspace(plan.workspaceBytes()));
        var expected = cpu.downloadFloats(out);
        cpu.upload(before, out);
        if (!vendor.conv(s, x, w, e, y, cpu::allocate)) {
            throw new AssertionError("cuDNN must take " + s);
        }
        agree(s.toString(), expected, cpu.downloadFloats(out));
    }

    private void agree(String what, float[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        if (!(Math.sqrt(difference / norm) <= TOLERANCE)) {
            throw new AssertionError(what + ": relative error " + Math.sqrt(difference / norm));
        }
        agreed++;
    }

    private Buf workspace(long bytes) {
        return bytes == 0 ? null : Buf.dense(cpu.allocate(bytes), DType.F32,
                Shape.of(Math.toIntExact(bytes / Float.BYTES)));
    }

    private Buf random(int... dims) {
        var shape = Shape.of(dims);
        var b = Buf.dense(cpu.allocate(shape.size() * Float.BYTES), DType.F32, shape);
        var values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        cpu.upload(values, b);
        return b;
    }
}
