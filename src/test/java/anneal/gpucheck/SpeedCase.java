package anneal.gpucheck;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Qkv;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One call to be timed: {@code gemm m n k} (y = x w^T, a linear layer), {@code conv|conv_data|conv_weight n size in
 * out} (3x3, padding 1) or {@code attention n heads length headDim}. The words are also what torch_speeds.py is told.
 */
record SpeedCase(String kind, List<Integer> extents) {
    static SpeedCase of(String words) {
        var all = words.split(" ");
        return new SpeedCase(all[0], Arrays.stream(all).skip(1).map(Integer::valueOf).toList());
    }

    @Override
    public String toString() {
        return kind + " " + String.join(" ", extents.stream().map(String::valueOf).toList());
    }

    /** Multiplications and additions. */
    double flops() {
        var e = extents;
        return switch (kind) {
            case "gemm" -> 2.0 * e.get(0) * e.get(1) * e.get(2);
            case "attention" -> 4.0 * e.get(0) * e.get(1) * e.get(2) * e.get(2) * e.get(3);
            default -> conv().flops();
        };
    }

    private ConvSpec conv() {
        var mode = switch (kind) {
            case "conv" -> ConvSpec.Mode.FORWARD;
            case "conv_data" -> ConvSpec.Mode.DATA_GRADIENT;
            case "conv_weight" -> ConvSpec.Mode.WEIGHT_GRADIENT;
            default -> throw new IllegalArgumentException("there is no call '" + kind + "' to time");
        };
        int size = extents.get(1);
        return new ConvSpec(mode, extents.get(0), size, size, extents.get(2), extents.get(3), 3, 3, 1, 1);
    }

    /** A call of it on a device, with operands of its own that are normal numbers. */
    Call prepare(Backend device) {
        var call = new Call(device);
        int a = extents.get(0);
        int b = extents.get(1);
        int c = extents.get(2);
        switch (kind) {
            case "gemm" -> {
                var spec = GemmSpec.of(a, b, c, false, true);
                var x = call.normal(a, c);
                var w = call.normal(b, c);
                var y = call.normal(a, b);
                var space = call.workspace(device.kernels().plan(spec).workspaceBytes());
                call.body = () -> device.kernels().gemm(spec, x, w, Epilogue.NONE, y, space);
            }
            case "attention" -> {
                int d = extents.get(3);
                var spec = new AttentionSpec(a, b, d, c, c, d, d, d, d, false, 1 / Math.sqrt(d));
                var q = call.normal(a, c, b * d).columns(0, d);
                var k = call.normal(a, c, b * d).columns(0, d);
                var v = call.normal(a, c, b * d).columns(0, d);
                var out = call.normal(a, c, b * d).columns(0, d);
                var logSumExp = call.normal(a, b, c);
                call.body = () -> device.kernels().attention(spec, new Qkv(q, k, v), null, out, logSumExp);
            }
            default -> {
                var spec = conv();
                var x = call.normal(a, b, b, c);
                var w = call.normal(extents.get(3), 3, 3, c);
                var y = call.normal(a, b, b, extents.get(3));
                var space = call.workspace(device.kernels().plan(spec).workspaceBytes());
                call.body = () -> device.kernels().conv(spec, Prologue.NONE, x, w, Epilogue.NONE, y, space);
            }
        }
        return call;
    }

    /** Operands and what is done with them. */
    static final class Call implements AutoCloseable {
        private final Backend device;
        private final List<Storage> storages = new ArrayList<>();
        private final Random random = new Random(1);
        private Runnable body;

        private Call(Backend device) {
            this.device = device;
        }

        private Buf normal(int... dims) {
            var b = empty(device.floatType(), dims);
            var values = new float[Math.toIntExact(b.shape().size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            device.upload(values, b);
            return b;
        }

        private Buf empty(DType type, int... dims) {
            var shape = Shape.of(dims);
            var storage = device.allocate(shape.size() * type.bytes());
            storages.add(storage);
            return Buf.dense(storage, type, shape);
        }

        private Buf workspace(long bytes) {
            return bytes == 0 ? null : empty(DType.F32, Math.toIntExact(bytes / Float.BYTES));
        }

        /** Milliseconds of a call: the median of rounds that each are long enough for the clock, after a warm-up. */
        double milliseconds(double roundMilliseconds) {
            time(3);
            int calls = 1;
            double once = time(calls);
            calls = (int) Math.max(1, Math.min(10_000, roundMilliseconds / Math.max(1e-4, once)));
            var rounds = new double[7];
            for (int i = 0; i < rounds.length; i++) {
                rounds[i] = time(calls) / calls;
            }
            Arrays.sort(rounds);
            return rounds[rounds.length / 2];
        }

        private double time(int calls) {
            device.synchronize();
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                body.run();
            }
            device.synchronize();
            return (System.nanoTime() - start) / 1e6;
        }

        @Override
        public void close() {
            storages.forEach(Storage::release);
        }
    }
}
