package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The same bits from a device for any number of threads and for a sample alone or in a batch (DESIGN 3b). A device's
 * test extends this and says how to open one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class KernelDeterminism {
    private static final int[] THREADS = {1, 2, 5};

    private final Predicate<String> names;
    private List<Backend> devices;

    /** Of all kernels. */
    protected KernelDeterminism() {
        this(name -> true);
    }

    /** @param names which of the cases are compared, by name */
    protected KernelDeterminism(Predicate<String> names) {
        this.names = names;
    }

    protected abstract Backend open(int threads);

    /** Called before a run on the device of so many threads, for devices that share what they run on. */
    protected void prepare(int threads) {
    }

    @BeforeAll
    void openDevices() {
        devices = Arrays.stream(THREADS).mapToObj(this::open).toList();
    }

    @AfterAll
    void closeDevices() {
        if (devices != null) {
            devices.forEach(Backend::close);
        }
    }

    @TestFactory
    Stream<DynamicTest> anyNumberOfThreadsGivesTheSameBits() {
        return KernelCases.all().stream().filter(c -> names.test(c.name())).map(c -> DynamicTest.dynamicTest(c.name(), () -> {
            var expected = run(c, 0);
            for (int i = 1; i < devices.size(); i++) {
                assertSameBits(expected, run(c, i));
            }
        }));
    }

    private List<double[]> run(KernelCase c, int device) {
        prepare(THREADS[device]);
        return KernelRuns.run(c, devices.get(device), Lab.Mode.FUSED, devices.get(device).floatType());
    }

    static void assertSameBits(List<double[]> expected, List<double[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i));
        }
    }

    /** Runs {@code call} on a whole batch and then sample by sample into a second buffer. */
    private void assertSampleAlone(int n, Shape out, Maker maker) {
        try (var lab = new Lab(devices.getLast(), Lab.Mode.FUSED, DType.F32, 5)) {
            var whole = lab.denseOutput(out.toArray());
            var alone = lab.denseOutput(out.toArray());
            var call = maker.make(lab);
            call.run(whole, 0, n);
            for (int i = 0; i < n; i++) {
                call.run(alone.slab(i, i + 1), i, i + 1);
            }
            assertArrayEquals(lab.results().get(0), lab.results().get(1));
        }
    }

    private interface Maker {
        Call make(Lab lab);
    }

    private interface Call {
        void run(Buf out, int from, int to);
    }

    @TestFactory
    Stream<DynamicTest> aConvolvedSampleDoesNotDependOnItsBatch() {
        var specs = new ArrayList<ConvSpec>();
        for (var mode : List.of(ConvSpec.Mode.FORWARD, ConvSpec.Mode.DATA_GRADIENT)) {
            specs.add(new ConvSpec(mode, 5, 16, 16, 32, 64, 3, 3, 1, 1));
            specs.add(new ConvSpec(mode, 5, 7, 9, 5, 11, 3, 3, 1, 1));
            specs.add(new ConvSpec(mode, 5, 4, 4, 64, 32, 3, 3, 1, 1));
            specs.add(new ConvSpec(mode, 5, 8, 8, 20, 36, 1, 1, 1, 0));
            specs.add(new ConvSpec(mode, 5, 9, 8, 12, 16, 3, 3, 2, 1));
            specs.add(new ConvSpec(mode, 5, 9, 7, 32, 3, 3, 3, 1, 1));
            specs.add(new ConvSpec(mode, 5, 9, 7, 3, 32, 3, 3, 1, 1));
        }
        return specs.stream().map(s -> DynamicTest.dynamicTest(s.toString(), () -> conv(s)));
    }

    private void conv(ConvSpec s) {
        boolean forward = s.mode() == ConvSpec.Mode.FORWARD;
        var x = Shape.of(s.n(), s.inH(), s.inW(), s.inC());
        var y = Shape.of(s.n(), s.outH(), s.outW(), s.outC());
        assertSampleAlone(s.n(), forward ? y : x, lab -> {
            var w = lab.denseInput(s.outC(), s.kH(), s.kW(), s.inC());
            var in = lab.input((forward ? x : y).toArray());
            var bias = forward ? Epilogue.bias(lab.denseInput(s.outC())) : Epilogue.NONE;
            return (out, from, to) -> {
                var part = new ConvSpec(s.mode(), to - from, s.inH(), s.inW(), s.inC(), s.outC(), s.kH(), s.kW(),
                        s.stride(), s.padding());
                var read = in.slab(from, to);
                lab.lowering().conv(part, Prologue.NONE, forward ? read : out, w, bias, forward ? out : read);
            };
        });
    }

    @TestFactory
    Stream<DynamicTest> aDepthwiseConvolvedSampleDoesNotDependOnItsBatch() {
        return Stream.of(ConvSpec.Mode.FORWARD, ConvSpec.Mode.DATA_GRADIENT)
                .map(mode -> DynamicTest.dynamicTest(mode.name(), () -> depthwise(mode)));
    }

    private void depthwise(ConvSpec.Mode mode) {
        var image = Shape.of(5, 9, 11, 21);
        boolean forward = mode == ConvSpec.Mode.FORWARD;
        assertSampleAlone(5, image, lab -> {
            var w = lab.denseInput(7, 7, 21);
            var in = lab.input(image.toArray());
            return (out, from, to) -> lab.lowering().depthwise(new DepthwiseSpec(mode, to - from, 9, 11, 21, 7, 7, 3),
                    forward ? in.slab(from, to) : out, w, Epilogue.NONE, forward ? out : in.slab(from, to));
        });
    }

    @TestFactory
    Stream<DynamicTest> aProductsRowDoesNotDependOnTheOtherRows() {
        return Stream.of(Shape.of(37, 64, 128), Shape.of(13, 5, 33), Shape.of(9, 200, 300), Shape.of(300, 48, 17))
                .flatMap(d -> Stream.of(false, true).map(transB ->
                        DynamicTest.dynamicTest("m, n, k " + d + (transB ? " transposed" : ""),
                                () -> gemm(d.dim(0), d.dim(1), d.dim(2), transB))));
    }

    private void gemm(int m, int n, int k, boolean transB) {
        assertSampleAlone(m, Shape.of(m, n), lab -> {
            var a = lab.input(m, k);
            var b = transB ? lab.input(n, k) : lab.input(k, n);
            return (out, from, to) -> lab.lowering().gemm(GemmSpec.of(to - from, n, k, false, transB),
                    a.slab(from, to), b, Epilogue.NONE, out);
        });
    }

    @TestFactory
    Stream<DynamicTest> anAttendingSampleDoesNotDependOnItsBatch() {
        return Stream.of(Shape.of(64, 64), Shape.of(17, 20), Shape.of(150, 32)).flatMap(d -> Stream.of(
                DynamicTest.dynamicTest("length, headDim " + d, () -> attention(d.dim(0), d.dim(1))),
                DynamicTest.dynamicTest("backward, " + d, () -> attentionBackward(d.dim(0), d.dim(1)))));
    }

    private static AttentionSpec attentionSpec(int n, int length, int d) {
        return new AttentionSpec(n, 2, d, length, length, d, d, d, d, false, 0.3);
    }

    /** Views of [n, length, 6 d]: the queries of both heads, then the keys, then the values. */
    private static Qkv parts(Buf all, int d) {
        return new Qkv(all.columns(0, d), all.columns(2 * d, 3 * d), all.columns(4 * d, 5 * d));
    }

    private void attention(int length, int d) {
        int n = 9;
        assertSampleAlone(n, Shape.of(n, length, 2 * d), lab -> {
            var qkv = lab.input(n, length, 6 * d);
            var lse = lab.denseInput(n, 2, length);
            return (out, from, to) -> lab.kernels().attention(attentionSpec(to - from, length, d),
                    parts(qkv.slab(from, to), d), null, out.columns(0, d), lse.slab(from, to));
        });
    }

    private void attentionBackward(int length, int d) {
        int n = 9;
        assertSampleAlone(n, Shape.of(n, length, 6 * d), lab -> {
            var qkv = lab.input(n, length, 6 * d);
            var out = lab.input(n, length, 2 * d).columns(0, d);
            var dOut = lab.input(n, length, 2 * d).columns(0, d);
            var lse = lab.denseInput(n, 2, length);
            lab.kernels().attention(attentionSpec(n, length, d), parts(qkv, d), null, out, lse);
            return (gradients, from, to) -> lab.kernels().attentionBackward(attentionSpec(to - from, length, d),
                    parts(qkv.slab(from, to), d), null, out.slab(from, to), lse.slab(from, to), dOut.slab(from, to),
                    parts(gradients, d));
        });
    }

    @Test
    void aNormalisedSampleDoesNotDependOnItsBatch() {
        assertSampleAlone(5, Shape.of(5, 6, 7, 24), lab -> {
            var x = lab.input(5, 6, 7, 24);
            var mean = lab.denseInput(5, 4);
            var rstd = lab.denseInput(5, 4);
            return (out, from, to) -> {
                var s = new NormSpec(to - from, 6, 7, 24, 4, 1e-5);
                lab.kernels().normStats(s, x.slab(from, to), mean.slab(from, to), rstd.slab(from, to));
                lab.kernels().norm(s, new Prologue(mean.slab(from, to), rstd.slab(from, to), null, null, null, null,
                        Activation.SILU, Resample.NONE), x.slab(from, to), out);
            };
        });
    }

    @Test
    void aNormGradientDoesNotDependOnItsBatch() {
        assertSampleAlone(5, Shape.of(5, 6, 7, 24), lab -> {
            var x = lab.input(5, 6, 7, 24);
            var dy = lab.input(5, 6, 7, 24);
            var mean = lab.denseInput(5, 4);
            var rstd = lab.denseInput(5, 4);
            return (out, from, to) -> lab.kernels().normBackward(new NormSpec(to - from, 6, 7, 24, 4, 1e-5),
                    new Prologue(mean.slab(from, to), rstd.slab(from, to), null, null, null, null, Activation.SILU,
                            Resample.NONE), x.slab(from, to), dy.slab(from, to), out, 0, null, null, null, null);
        });
    }

    @Test
    void aRowsSoftmaxDoesNotDependOnTheOthers() {
        assertSampleAlone(9, Shape.of(9, 37), lab -> {
            var x = lab.input(9, 37);
            return (out, from, to) -> lab.kernels().softmax(false, x.slab(from, to), out);
        });
    }
}
