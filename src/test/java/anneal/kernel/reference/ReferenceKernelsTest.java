package anneal.kernel.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.kernel.Activation;
import anneal.kernel.AdamWSpec;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.CopySpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Kernels;
import anneal.kernel.Lowering;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Qkv;
import anneal.kernel.RandomSpec;
import anneal.kernel.ReduceOp;
import anneal.kernel.Resample;
import anneal.kernel.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The definition itself against numbers worked out by hand. */
class ReferenceKernelsTest {
    private final ReferenceBackend device = new ReferenceBackend(true);
    private final Kernels kernels = device.kernels();

    @AfterEach
    void close() {
        device.close();
    }

    private Buf empty(int... dims) {
        var shape = Shape.of(dims);
        return Buf.dense(device.allocate(shape.size() * 8), DType.F64, shape);
    }

    private Buf of(Shape shape, double... values) {
        var b = empty(shape.toArray());
        device.upload(values, b);
        return b;
    }

    private Buf vector(double... values) {
        return of(Shape.of(values.length), values);
    }

    private Buf integers(int... values) {
        var b = Buf.dense(device.allocate(values.length * 4L), DType.I32, Shape.of(values.length));
        device.upload(values, b);
        return b;
    }

    private void assertHolds(Buf b, double... expected) {
        assertArrayEquals(expected, device.downloadDoubles(b), 1e-14);
    }

    /** A 2x3 image of one channel, a 2x2 window, two output channels, stride 1, one zero around. */
    @Test
    void convolutionByHand() {
        var x = of(Shape.of(1, 2, 3, 1), 1, 2, 3, 4, 5, 6);
        var w = of(Shape.of(2, 2, 2, 1), 1, 10, 100, 1000, 0, 0, 0, 1);
        var s = new ConvSpec(ConvSpec.Mode.FORWARD, 1, 2, 3, 1, 2, 2, 2, 1, 1);
        var y = empty(1, 3, 4, 2);
        kernels.conv(s, Prologue.NONE, x, w, Epilogue.NONE, y, null);
        assertHolds(y, 1000, 1, 2100, 2, 3200, 3, 300, 0,
                4010, 4, 5421, 5, 6532, 6, 603, 0,
                40, 0, 54, 0, 65, 0, 6, 0);
    }

    @Test
    void stridedConvolutionSkips() {
        var x = of(Shape.of(1, 3, 3, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9);
        var s = new ConvSpec(ConvSpec.Mode.FORWARD, 1, 3, 3, 1, 1, 1, 1, 2, 0);
        var y = empty(1, 2, 2, 1);
        kernels.conv(s, Prologue.NONE, x, of(Shape.of(1, 1, 1, 1), 2), Epilogue.NONE, y, null);
        assertHolds(y, 2, 6, 14, 18);
    }

    /** y = act(alpha (r + bias + rowAdd) + residual) + beta y, through Lowering. */
    @Test
    void epilogueInTheStatedOrder() {
        var s = new ConvSpec(ConvSpec.Mode.FORWARD, 2, 1, 1, 1, 1, 1, 1, 1, 0);
        var x = of(Shape.of(2, 1, 1, 1), 3, -5);
        var y = of(Shape.of(2, 1, 1, 1), 100, 200);
        var e = new Epilogue(vector(1), of(Shape.of(2, 1), 10, 20), of(Shape.of(2, 1, 1, 1), 0.5, -1000), 2, 0.1,
                Activation.RELU);
        new Lowering(device).conv(s, Prologue.NONE, x, of(Shape.of(1, 1, 1, 1), 1), e, y);
        assertHolds(y, 2 * 14 + 0.5 + 10, 20);
    }

    @Test
    void productsInAllTranspositions() {
        var a = of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        var aTurned = of(Shape.of(3, 2), 1, 4, 2, 5, 3, 6);
        var b = of(Shape.of(3, 1), 1, 10, 100);
        var c = empty(2, 1);
        for (boolean transA : new boolean[] {false, true}) {
            for (boolean transB : new boolean[] {false, true}) {
                kernels.gemm(GemmSpec.of(2, 1, 3, transA, transB), transA ? aTurned : a,
                        transB ? b.reshape(Shape.of(1, 3)) : b, Epilogue.NONE, c, null);
                assertHolds(c, 321, 654);
            }
        }
        kernels.gemm(GemmSpec.of(2, 1, 3, false, false), a, b, Epilogue.scaled(2, 3), c, null);
        assertHolds(c, 2 * 321 + 3 * 321, 5 * 654);
    }

    /** With q = 0 all keys weigh the same; the causal row 0 sees key 0 only; the masked sample gives zeros. */
    @Test
    void attentionWeights() {
        var q = of(Shape.of(1, 2, 1), 0, Math.log(3));
        var k = of(Shape.of(1, 2, 1), 0, 1);
        var v = of(Shape.of(1, 2, 1), 4, 8);
        var out = empty(1, 2, 1);
        var lse = empty(1, 1, 2);
        kernels.attention(attention(false), new Qkv(q, k, v), null, out, lse);
        assertHolds(out, 6, 7);
        assertHolds(lse, Math.log(2), Math.log(4));
        kernels.attention(attention(true), new Qkv(q, k, v), null, out, lse);
        assertHolds(out, 4, 7);
        kernels.attention(attention(false), new Qkv(q, k, v), of(Shape.of(1, 2), 0, 1), out, lse);
        assertHolds(out, 8, 8);
        kernels.attention(attention(false), new Qkv(q, k, v), of(Shape.of(1, 2), 0, 0), out, lse);
        assertHolds(out, 0, 0);
        assertEquals(Double.NEGATIVE_INFINITY, device.downloadDoubles(lse)[0]);
    }

    private static AttentionSpec attention(boolean causal) {
        return new AttentionSpec(1, 1, 1, 2, 2, 1, 1, 1, 1, causal, 1);
    }

    @Test
    void groupNormOfTwoGroups() {
        var s = new NormSpec(1, 1, 2, 4, 2, 0);
        var x = of(Shape.of(1, 1, 2, 4), 1, 3, 10, 10, 5, 7, 10, 14);
        var mean = empty(1, 2);
        var rstd = empty(1, 2);
        kernels.normStats(s, x, mean, rstd);
        assertHolds(mean, 4, 11);
        assertHolds(rstd, 1 / Math.sqrt(5), 1 / Math.sqrt(3));
        var y = empty(1, 1, 2, 4);
        var p = new Prologue(mean, rstd, vector(1, 1, 2, 2), vector(0, 1, 0, 0), of(Shape.of(1, 4), 0, 0, 0, 1),
                of(Shape.of(1, 4), 0, 0, 5, 0), Activation.RELU, Resample.NONE);
        kernels.norm(s, p, x, y);
        double a = 1 / Math.sqrt(5);
        double b = 1 / Math.sqrt(3);
        assertHolds(y, 0, 1 - a, 5 - 2 * b, 0, a, 1 + 3 * a, 5 - 2 * b, 12 * b);
    }

    @Test
    void reductions() {
        var x = of(Shape.of(2, 3), 1, -2, 3, -4, 5, -6);
        var columns = of(Shape.of(1, 3), 10, 10, 10);
        kernels.reduce(ReduceOp.of(ReduceOp.Fn.SUM, 2, 1), new int[] {0}, x, columns);
        assertHolds(columns, 4, 16, 4);
        var rows = empty(2, 1);
        kernels.reduce(ReduceOp.of(ReduceOp.Fn.MAX, 1, 0), new int[] {1}, x, rows);
        assertHolds(rows, 3, 5);
        kernels.reduce(ReduceOp.of(ReduceOp.Fn.SUM_SQUARES, 1, 0), new int[] {1}, x, rows);
        assertHolds(rows, 14, 77);
    }

    @Test
    void softmaxOfLargeNumbers() {
        var y = empty(1, 2);
        kernels.softmax(false, of(Shape.of(1, 2), 5000, 5000 + Math.log(3)), y);
        assertArrayEquals(new double[] {0.25, 0.75}, device.downloadDoubles(y), 1e-12);
        kernels.softmax(true, of(Shape.of(1, 2), 0, Math.log(3)), y);
        assertHolds(y, Math.log(0.25), Math.log(0.75));
    }

    @Test
    void rowsByIndex() {
        var table = of(Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
        var index = integers(2, 0, 2);
        var rows = empty(3, 2);
        kernels.gather(table, index, rows);
        assertHolds(rows, 5, 6, 1, 2, 5, 6);
        kernels.scatterAdd(index, rows, table);
        assertHolds(table, 2, 4, 3, 4, 15, 18);
        var hot = empty(3, 3);
        kernels.oneHot(index, hot);
        assertHolds(hot, 0, 0, 1, 1, 0, 0, 0, 0, 1);
        assertThrows(IllegalArgumentException.class, () -> kernels.oneHot(integers(3, 0, 0), hot));
    }

    @Test
    void resamplingAnOddImage() {
        var x = of(Shape.of(1, 3, 2, 1), 1, 2, 3, 6, 50, 60);
        var down = of(Shape.of(1, 1, 1, 1), 1);
        kernels.resample(Resample.DOWN, x, down, 2, 10);
        assertHolds(down, 16);
        var up = empty(1, 6, 4, 1);
        kernels.resample(Resample.UP, x, up, 1, 0);
        assertHolds(up, 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 6, 6, 3, 3, 6, 6, 50, 50, 60, 60, 50, 50, 60, 60);
    }

    @Test
    void copyTransposesConvertsAndAccumulates() {
        var x = of(Shape.of(2, 3), 1.7, -2.7, 3, 4, 5, 6);
        var turned = integers(0, 0, 0, 0, 0, 0);
        kernels.copy(new CopySpec(new int[] {3, 2}, 0, new long[] {1, 3}, 0, new long[] {2, 1}, false), x, turned);
        assertHolds(turned, 1, 4, -2, 5, 3, 6);
        kernels.copy(new CopySpec(new int[] {2}, 5, new long[] {-1}, 1, new long[] {1}, true), x, x);
        assertHolds(x, 1.7, 3.3, 8, 4, 5, 6);
    }

    /** Two steps of PyTorch's torch.optim.AdamW formula, written out. */
    @Test
    void adamwByHand() {
        var p = vector(1);
        var m = vector(0);
        var v = vector(0);
        var ema = vector(0);
        var s = new AdamWSpec(0.9, 0.99, 1e-8, 0.1);
        double lr = 0.01;
        kernels.adamw(s, vector(lr, 1, 0.5, 0.25), p, vector(4), m, v, new Buf[] {ema});
        double p1 = 1 - 0.001 - lr * 2 / (2 + 1e-8);
        assertHolds(p, p1);
        assertHolds(ema, p1 / 4);
        kernels.adamw(s, vector(lr, 2, 1), p, vector(-1), m, v, new Buf[0]);
        double m2 = 0.9 * 0.2 - 0.1;
        double v2 = 0.99 * 0.04 + 0.01;
        assertHolds(p, p1 - 0.001 * p1 - lr * (m2 / 0.19) / (Math.sqrt(v2 / 0.0199) + 1e-8));
    }

    @Test
    void randomNumbersDependOnTheSampleAndNotOnItsRow() {
        var spec = new RandomSpec(RandomSpec.Kind.NORMAL, 123, 4);
        var three = empty(3, 5);
        kernels.random(spec, integers(7, 8, 9), integers(2), three);
        var one = empty(1, 5);
        kernels.random(spec, integers(9), integers(2), one);
        assertHolds(three.slab(2, 3), device.downloadDoubles(one));
    }

    @Test
    void normalsAreStandard() {
        var x = empty(1, 100_000);
        kernels.random(new RandomSpec(RandomSpec.Kind.NORMAL, 5, 0), integers(0), integers(0), x);
        var values = device.downloadDoubles(x);
        assertEquals(0, Arrays.stream(values).average().orElseThrow(), 0.015);
        assertEquals(1, Arrays.stream(values).map(v -> v * v).average().orElseThrow(), 0.02);
        assertEquals(3, Arrays.stream(values).map(v -> v * v * v * v).average().orElseThrow(), 0.15);
        assertEquals(0.1587, Arrays.stream(values).filter(v -> v > 1).count() / 1e5, 0.005);
        double neighbours = 0;
        for (int i = 1; i < values.length; i++) {
            neighbours += values[i] * values[i - 1];
        }
        assertEquals(0, neighbours / values.length, 0.015);
    }

    @Test
    void callsThatDoNotFitAreRefused() {
        var s = new ConvSpec(ConvSpec.Mode.FORWARD, 1, 4, 4, 2, 2, 3, 3, 1, 1);
        assertThrows(IllegalArgumentException.class, () -> kernels.conv(s, Prologue.NONE, empty(1, 4, 4, 3),
                empty(2, 3, 3, 2), Epilogue.NONE, empty(1, 4, 4, 2), null));
        assertThrows(IllegalArgumentException.class,
                () -> kernels.gemm(GemmSpec.of(2, 3, 4, false, false), empty(2, 4), empty(3, 4), Epilogue.NONE,
                        empty(2, 3), null));
        assertThrows(IllegalArgumentException.class, () -> kernels.softmax(false, integers(1, 2), empty(2)));
        var downwards = new CopySpec(new int[] {9}, 7, new long[] {-1}, 0, new long[] {0}, false);
        assertThrows(IllegalArgumentException.class, () -> kernels.copy(downwards, empty(8), empty(8)));
    }
}
