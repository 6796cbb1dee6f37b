package anneal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** What moves memory, draws into it or updates it: copy, fill, resample, random, adamw. */
final class MemoryCases {
    private MemoryCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (int i = 0; i < 12; i++) {
            cases.add(new KernelCase("copy permuted #" + i, 1, MemoryCases::permute));
            cases.add(new KernelCase("copy flipped slice #" + i, 1, MemoryCases::flippedSlice));
        }
        for (var from : DType.values()) {
            for (var to : DType.values()) {
                cases.add(new KernelCase("copy " + from + " to " + to, 1, lab -> cast(lab, from, to)));
            }
        }
        for (int i = 0; i < 4; i++) {
            for (var r : Resample.values()) {
                cases.add(new KernelCase("resample " + r + " #" + i, 4, lab -> resample(lab, r)));
            }
            for (var kind : RandomSpec.Kind.values()) {
                cases.add(new KernelCase("random " + kind + " #" + i, 1, lab -> random(lab, kind)));
            }
            cases.add(new KernelCase("adamw #" + i, 1, MemoryCases::adamw));
            cases.add(new KernelCase("fill #" + i, 1,
                    lab -> lab.kernels().fill(lab.output(lab.between(1, 9), lab.between(1, 40)), lab.oneOf(0, -3, 7))));
        }
        return cases;
    }

    private static void permute(Lab lab) {
        int rank = lab.between(1, 5);
        var dims = IntStream.range(0, rank).map(i -> lab.between(1, 7)).toArray();
        var order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(order, lab.random());
        var dst = order.stream().mapToInt(axis -> dims[axis]).toArray();
        var dstStrides = Shape.of(dst).strides();
        var strides = new long[rank];
        for (int i = 0; i < rank; i++) {
            strides[order.get(i)] = dstStrides[i];
        }
        boolean accumulate = lab.perhaps();
        var s = new CopySpec(dims, 0, Shape.of(dims).strides(), 0, strides, accumulate);
        lab.kernels().copy(s, lab.denseInput(dims), accumulate ? lab.denseInOut(dst) : lab.denseOutput(dst));
    }

    /** A source row read backwards for every row (stride 0), into the middle of a wider destination. */
    private static void flippedSlice(Lab lab) {
        int rows = lab.between(1, 6);
        int columns = lab.between(1, 30);
        int from = lab.between(0, 4);
        boolean accumulate = lab.perhaps();
        boolean broadcast = lab.perhaps();
        var src = lab.input(rows, columns + from);
        var dst = lab.inOut(rows, columns + 3);
        var s = new CopySpec(new int[] {rows, columns}, from + columns - 1,
                new long[] {broadcast ? 0 : src.rowPitch(), -1}, 2, new long[] {dst.rowPitch(), 1}, accumulate);
        lab.kernels().copy(s, src, dst);
    }

    /** The device's own float type stands for its name, so that every device can run every case. */
    private static void cast(Lab lab, DType from, DType to) {
        var values = lab.uniforms(45, -9, 9);
        var src = lab.denseHolding(own(lab, from), own(lab, from) == DType.I32
                ? Arrays.stream(values).map(Math::rint).toArray() : values);
        var dst = lab.output(own(lab, to), 45);
        lab.kernels().copy(new CopySpec(new int[] {45}, 0, new long[] {1}, 0, new long[] {1}, false), src, dst);
    }

    private static DType own(Lab lab, DType type) {
        return type.isFloating() ? lab.floatType() : type;
    }

    private static void resample(Lab lab, Resample r) {
        int n = lab.between(1, 3);
        int h = lab.between(2, 9);
        int w = lab.between(2, 9);
        int c = lab.oneOf(1, 3, 16, 21);
        double beta = lab.perhaps() ? 0 : 1;
        lab.kernels().resample(r, lab.input(n, h, w, c), lab.target(beta, n, r.apply(h), r.apply(w), c),
                lab.perhaps() ? 1 : 0.25, beta);
    }

    private static void random(Lab lab, RandomSpec.Kind kind) {
        int rows = lab.between(1, 5);
        var samples = lab.denseHolding(DType.I32, lab.random().ints(rows, 0, 1 << 30).asDoubleStream().toArray());
        var position = lab.denseHolding(DType.I32, lab.between(0, 1000));
        lab.kernels().random(new RandomSpec(kind, lab.random().nextLong(), lab.between(0, 9)), samples, position,
                lab.denseOutput(rows, lab.between(1, 9), lab.between(1, 33)));
    }

    private static void adamw(Lab lab) {
        int n = lab.between(1, 100);
        var parameters = lab.denseInOut(n);
        var gradients = lab.denseInput(n);
        var first = lab.denseInOut(n);
        var second = lab.alsoResult(lab.denseHolding(lab.floatType(), lab.uniforms(n, 0.01, 2)));
        var emas = lab.perhaps() ? new Buf[0] : new Buf[] {lab.denseInOut(n), lab.denseInOut(n)};
        var numbers = new double[] {0x1p-7, lab.between(1, 50), 0.5, 0x1p-13, lab.perhaps() ? 0.5 : 1};
        var hyper = lab.denseHolding(lab.perhaps() ? DType.F32 : DType.F64, Arrays.copyOf(numbers, 3 + emas.length));
        lab.kernels().adamw(new AdamWSpec(0.9, 0.999, 1e-8, lab.perhaps() ? 0 : 0.05), hyper, parameters, gradients,
                first, second, emas);
    }
}
