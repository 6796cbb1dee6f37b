package anneal.kernel.cpu;

import anneal.kernel.Activation;
import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.CopySpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.MapOp;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.RandomSpec;
import anneal.kernel.ReduceOp;
import anneal.kernel.Resample;
import anneal.kernel.Shape;
import java.lang.management.ManagementFactory;
import java.util.Random;

/**
 * Speeds of the kernels that are bound by memory: prints GB/s of compulsory traffic, the best of several rounds, and
 * what the caller's thread puts on the Java heap in a call: much of it would mean that vectors are boxed.
 */
final class LightSpeeds {
    private final CpuBackend device;
    private final Random random = new Random(1);

    private LightSpeeds(int threads) {
        device = new CpuBackend(CpuOptions.defaults().withThreads(threads));
        System.out.println(device.description());
    }

    /** With {@code narrow}: only the convolutions with few channels. */
    public static void main(String[] args) {
        for (int threads : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
            var speeds = new LightSpeeds(threads);
            if (args.length > 0 && args[0].equals("narrow")) {
                speeds.narrow();
            } else {
                speeds.run();
            }
        }
    }

    private void run() {
        int n = 8;
        int h = 32;
        int c = 128;
        var x = normal(n, h, h, c);
        var y = normal(n, h, h, c);
        var z = normal(n, h, h, c);
        var k = device.kernels();
        double plane = 4.0 * x.shape().size();
        var row = normal(c);
        time("fill", plane, () -> k.fill(y, 1));
        time("add", 3 * plane, () -> k.map(MapOp.of(MapOp.Fn.ADD), z, x, y));
        time("add [N,1,1,C]", 2 * plane, () -> k.map(MapOp.of(MapOp.Fn.ADD), z, x, row));
        time("exp", 2 * plane, () -> k.map(MapOp.of(MapOp.Fn.EXP), z, x));
        time("silu", 2 * plane, () -> k.map(MapOp.of(MapOp.Fn.SILU), z, x));
        time("silu gradient", 3 * plane, () -> k.map(MapOp.of(MapOp.Fn.SILU_GRAD), z, x, y));
        time("gelu", 2 * plane, () -> k.map(MapOp.of(MapOp.Fn.GELU_ERF), z, x));
        time("gelu gradient", 3 * plane, () -> k.map(MapOp.of(MapOp.Fn.GELU_ERF_GRAD), z, x, y));
        var one = normal(1, 1, 1, 1);
        time("sum of all", plane, () -> k.reduce(ReduceOp.SUM, new int[] {0, 1, 2, 3}, x, one));
        var channels = normal(1, 1, 1, c);
        time("sum over pixels", plane, () -> k.reduce(ReduceOp.SUM, new int[] {0, 1, 2}, x, channels));
        var back = new CopySpec(new int[] {n, c, h, h}, 0, new long[] {(long) h * h * c, 1, (long) h * c, c},
                0, new long[] {(long) h * h * c, (long) h * h, h, 1}, false);
        time("copy NHWC to NCHW", 2 * plane, () -> k.copy(back, x, y));
        norms(n, h, c, x, y, z, plane);
        norms(1, h, c, x.slab(0, 1), y.slab(0, 1), z.slab(0, 1), plane / n);
        norms(4, 64, 64, normal(4, 64, 64, 64), normal(4, 64, 64, 64), normal(4, 64, 64, 64), 4.0 * 4 * 64 * 64 * 64);
        narrow();
        layerNorm();
        softmax();
        adamw();
        draws();
    }

    private void norms(int n, int h, int c, Buf x, Buf y, Buf z, double plane) {
        var k = device.kernels();
        var s = new NormSpec(n, h, h, c, 32, 1e-5);
        var mean = normal(n, 32);
        var rstd = normal(n, 32);
        var p = new Prologue(mean, rstd, normal(c), normal(c), normal(n, c), normal(n, c), Activation.SILU,
                Resample.NONE);
        var name = " " + n + "x" + h + "x" + h + "x" + c;
        time("stats" + name, plane, () -> k.normStats(s, x, mean, rstd));
        time("norm, AdaGN, SiLU" + name, 2 * plane, () -> k.norm(s, p, x, y));
        time("both" + name, 2 * plane, () -> {
            k.normStats(s, x, mean, rstd);
            k.norm(s, p, x, y);
        });
        var dGamma = normal(c);
        var dScale = normal(n, c);
        time("backward's sums" + name, 2 * plane,
                () -> k.normBackward(s, p, x, y, null, 0, dGamma, null, dScale, null));
        time("backward" + name, 3 * plane, () -> k.normBackward(s, p, x, y, z, 0, dGamma, null, dScale, null));
    }

    /** Convolutions to and from few channels, as a network's first and last. */
    private void narrow() {
        for (int channels : new int[] {1, 3, 6}) {
            for (var mode : ConvSpec.Mode.values()) {
                narrow(new ConvSpec(mode, 8, 32, 32, channels, 64, 3, 3, 1, 1));
                narrow(new ConvSpec(mode, 8, 32, 32, 64, channels, 3, 3, 1, 1));
            }
        }
    }

    private void narrow(ConvSpec s) {
        var k = device.kernels();
        var x = normal(s.n(), s.inH(), s.inW(), s.inC());
        var w = normal(s.outC(), s.kH(), s.kW(), s.inC());
        var y = normal(s.n(), s.outH(), s.outW(), s.outC());
        var plan = k.plan(s);
        var work = normal((int) (plan.workspaceBytes() / 4 + 1));
        double seconds = time("conv " + s.mode() + " " + s.inC() + " to " + s.outC(),
                4.0 * (x.shape().size() + y.shape().size()),
                () -> k.conv(s, Prologue.NONE, x, w, Epilogue.NONE, y, work));
        System.out.printf("%34s %8.0f GFLOP/s%n", "", s.flops() / seconds / 1e9);
    }

    private void layerNorm() {
        var k = device.kernels();
        int rows = 2048;
        int c = 512;
        var s = new NormSpec(rows, 1, 1, c, 1, 1e-5);
        var x = normal(rows, c);
        var y = normal(rows, c);
        var z = normal(rows, c);
        var mean = normal(rows, 1);
        var rstd = normal(rows, 1);
        var dGamma = normal(c);
        var p = new Prologue(mean, rstd, normal(c), normal(c), null, null, Activation.NONE, Resample.NONE);
        double plane = 4.0 * rows * c;
        time("LayerNorm stats", plane, () -> k.normStats(s, x, mean, rstd));
        time("LayerNorm", 2 * plane, () -> k.norm(s, p, x, y));
        time("LayerNorm backward", 3 * plane, () -> k.normBackward(s, p, x, y, z, 0, dGamma, null, null, null));
    }

    private void softmax() {
        var k = device.kernels();
        var x = normal(4096, 256);
        var y = normal(4096, 256);
        time("softmax", 8.0 * x.shape().size(), () -> k.softmax(false, x, y));
        time("log softmax", 8.0 * x.shape().size(), () -> k.softmax(true, x, y));
    }

    private void adamw() {
        int n = 4_000_000;
        var hyper = Buf.dense(device.allocate(16), DType.F32, Shape.of(4));
        device.upload(new float[] {1e-3f, 10, 1, 1e-4f}, hyper);
        var b = new Buf[] {normal(n), normal(n), normal(n), normal(n), normal(n)};
        device.kernels().map(MapOp.of(MapOp.Fn.SQUARE), b[3], b[3]);
        var s = new AdamWSpec(0.9, 0.999, 1e-8, 0.01);
        time("adamw", 28.0 * n,
                () -> device.kernels().adamw(s, hyper.slab(0, 3), b[0], b[1], b[2], b[3], new Buf[0]));
        time("adamw with an EMA", 36.0 * n, () -> device.kernels().adamw(s, hyper, b[0], b[1], b[2], b[3],
                new Buf[] {b[4]}));
    }

    private void draws() {
        var out = normal(8, 3 * 256 * 256);
        var index = Buf.dense(device.allocate(32), DType.I32, Shape.of(8));
        device.upload(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, index);
        var position = Buf.dense(device.allocate(4), DType.I32, Shape.of(1));
        device.upload(new int[] {7}, position);
        for (var kind : RandomSpec.Kind.values()) {
            var s = new RandomSpec(kind, 12345678912345L, 3);
            double seconds = time(kind.toString(), 4.0 * out.shape().size(),
                    () -> device.kernels().random(s, index, position, out));
            System.out.printf("%34s %8.0f M/s%n", "", out.shape().size() / seconds / 1e6);
        }
    }

    private Buf normal(int... dims) {
        var shape = Shape.of(dims);
        var values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        var b = Buf.dense(device.allocate(4 * shape.size()), DType.F32, shape);
        device.upload(values, b);
        return b;
    }

    private static double time(String what, double bytes, Runnable call) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 40; round++) {
            int calls = (int) Math.max(1, Math.min(200, 2e-2 / Math.min(best, 1)));
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                call.run();
            }
            best = Math.min(best, (System.nanoTime() - start) * 1e-9 / calls);
        }
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = bean.getCurrentThreadAllocatedBytes();
        call.run();
        long allocated = bean.getCurrentThreadAllocatedBytes() - before;
        System.out.printf("%-34s %8.1f us %7.1f GB/s %9d B%n", what, best * 1e6, bytes / best * 1e-9, allocated);
        return best;
    }
}
