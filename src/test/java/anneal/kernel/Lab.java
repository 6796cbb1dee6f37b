package anneal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * One device prepared for one {@link KernelCase}: hands out buffers with random contents, dense or in the middle of
 * something larger, and remembers which are results. The same seed gives the same numbers and layouts on every device.
 * All memory around and under results is NaN, so that stale reads show up and stray writes are found.
 */
final class Lab implements AutoCloseable {
    /** How the calls that can fuse are made. */
    enum Mode { FUSED, LOWERED }

    private record Result(Buf view, Buf whole) {
    }

    private final Backend backend;
    private final Kernels kernels;
    private final Lowering lowering;
    private final DType rounding;
    private final Random random;
    private final List<Storage> storages = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();

    /** @param rounding type to which contents are rounded first, so that all devices start from the same numbers */
    Lab(Backend backend, Mode mode, DType rounding, long seed) {
        this.backend = backend;
        this.kernels = backend.kernels();
        this.lowering = new Lowering(backend, mode == Mode.LOWERED);
        this.rounding = rounding;
        this.random = new Random(seed);
    }

    Kernels kernels() {
        return kernels;
    }

    Lowering lowering() {
        return lowering;
    }

    Random random() {
        return random;
    }

    DType floatType() {
        return backend.floatType();
    }

    int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    int oneOf(int... values) {
        return values[random.nextInt(values.length)];
    }

    boolean perhaps() {
        return random.nextBoolean();
    }

    double[] normals(long n) {
        var values = new double[Math.toIntExact(n)];
        Arrays.setAll(values, i -> random.nextGaussian());
        return values;
    }

    double[] uniforms(long n, double from, double to) {
        var values = new double[Math.toIntExact(n)];
        Arrays.setAll(values, i -> from + (to - from) * random.nextDouble());
        return values;
    }

    /** Standard normal numbers in any layout. */
    Buf input(int... dims) {
        var shape = Shape.of(dims);
        return holding(normals(shape.size()), shape);
    }

    Buf denseInput(int... dims) {
        var shape = Shape.of(dims);
        return fill(normals(shape.size()), layOut(backend.floatType(), shape, true));
    }

    /** Dense, and on a boundary that any vector likes. */
    Buf alignedInput(int... dims) {
        var shape = Shape.of(dims);
        return fill(normals(shape.size()), layOut(backend.floatType(), shape, shape.last(), 0));
    }

    Buf alignedOutput(int... dims) {
        var shape = Shape.of(dims);
        return watched(layOut(backend.floatType(), shape, shape.last(), 0));
    }

    Buf holding(double[] values, Shape shape) {
        return fill(values, layOut(backend.floatType(), shape, false));
    }

    Buf denseHolding(DType type, double... values) {
        return fill(values, layOut(type, Shape.of(values.length), true));
    }

    /** A result that starts as NaN, in any layout. */
    Buf output(int... dims) {
        return watched(layOut(backend.floatType(), Shape.of(dims), false));
    }

    Buf denseOutput(int... dims) {
        return watched(layOut(backend.floatType(), Shape.of(dims), true));
    }

    Buf output(DType type, int... dims) {
        return watched(layOut(type, Shape.of(dims), true));
    }

    /** A result that starts with random numbers. */
    Buf inOut(int... dims) {
        var shape = Shape.of(dims);
        return fill(normals(shape.size()), output(dims));
    }

    Buf denseInOut(int... dims) {
        return fill(normals(Shape.of(dims).size()), denseOutput(dims));
    }

    /** A result to be written with {@code beta}: random numbers when they are to be read, else NaN. */
    Buf target(double beta, int... dims) {
        return beta == 0 ? output(dims) : inOut(dims);
    }

    /** Counts an input among the results too, for calls that write over it. */
    Buf alsoResult(Buf input) {
        return watched(input);
    }

    /** Rounded as the floats of the device under test are. */
    private Buf fill(double[] values, Buf b) {
        if (b.type().isFloating()) {
            for (int i = 0; i < values.length; i++) {
                values[i] = rounded(values[i]);
            }
        }
        backend.upload(values, b);
        return b;
    }

    private double rounded(double value) {
        return switch (rounding) {
            case F32 -> (float) value;
            case BF16 -> {
                int bits = Float.floatToRawIntBits((float) value);
                int even = bits >> 16 & 1;
                yield Float.intBitsToFloat(bits + 0x7fff + even & 0xffff0000);
            }
            case F64, I32 -> value;
        };
    }

    private Buf watched(Buf b) {
        results.add(new Result(b, wholeOf(b)));
        return b;
    }

    private static Buf wholeOf(Buf b) {
        int elements = Math.toIntExact(b.storage().bytes() / b.type().bytes());
        return Buf.dense(b.storage(), b.type(), Shape.of(elements));
    }

    private Buf layOut(DType type, Shape shape, boolean dense) {
        int pitch = shape.last() + (dense || perhaps() ? 0 : between(1, 9));
        return layOut(type, shape, pitch, perhaps() ? 0 : between(1, 17));
    }

    private Buf layOut(DType type, Shape shape, int pitch, int offset) {
        long end = offset + shape.rows() * pitch + between(0, 5);
        var storage = backend.allocate(end * type.bytes());
        storages.add(storage);
        var b = new Buf(storage, offset, type, shape, pitch);
        var whole = wholeOf(b);
        var nothing = new double[Math.toIntExact(whole.shape().size())];
        Arrays.fill(nothing, type.isFloating() ? Double.NaN : -1);
        backend.upload(nothing, whole);
        return b;
    }

    /** What the results hold now, in the order in which they were made. */
    List<double[]> results() {
        return results.stream().map(r -> backend.downloadDoubles(r.view)).toList();
    }

    /** Throws AssertionError when something was written beside a result. */
    void checkSurroundings() {
        for (var r : results) {
            if (r.view.type().isFloating()) {
                checkSurroundings(r);
            }
        }
    }

    private void checkSurroundings(Result r) {
        var all = backend.downloadDoubles(r.whole);
        for (int i = 0; i < all.length; i++) {
            long inside = i - r.view.offset();
            boolean beside = inside < 0 || inside >= r.view.shape().rows() * r.view.rowPitch()
                    || inside % r.view.rowPitch() >= r.view.shape().last();
            if (beside && !Double.isNaN(all[i])) {
                throw new AssertionError("element " + i + " beside the result " + r.view.shape() + " (offset "
                        + r.view.offset() + ", pitch " + r.view.rowPitch() + ") was overwritten with " + all[i]);
            }
        }
    }

    @Override
    public void close() {
        storages.forEach(Storage::release);
    }
}
