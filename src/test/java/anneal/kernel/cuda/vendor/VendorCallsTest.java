package anneal.kernel.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.GemmSpec;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What cuBLAS and cuDNN would be asked, without either. */
class VendorCallsTest {
    private static Buf buf(long address, DType type, int... dims) {
        var shape = Shape.of(dims);
        return Buf.dense(new Storage(MemorySegment.NULL, address, shape.size() * type.bytes(), s -> { }), type, shape);
    }

    /** cuBLAS's product as its manual defines it, down columns, on arrays that stand for memory. */
    private static void columnMajor(GemmCall g, double[] first, double[] second, double[] result) {
        for (int b = 0; b < g.batch(); b++) {
            for (int i = 0; i < g.m(); i++) {
                for (int j = 0; j < g.n(); j++) {
                    double sum = 0;
                    for (int l = 0; l < g.k(); l++) {
                        sum += at(first, g.first(), b, g.opFirst(), i, l) * at(second, g.second(), b, g.opSecond(), l,
                                j);
                    }
                    result[(int) (b * g.result().stride() + i + (long) j * g.result().leading())] = sum;
                }
            }
        }
    }

    private static double at(double[] memory, GemmCall.Operand o, int batch, int op, int row, int column) {
        int r = op == GemmCall.TRANSPOSED ? column : row;
        int c = op == GemmCall.TRANSPOSED ? row : column;
        return memory[(int) (batch * o.stride() + r + (long) c * o.leading())];
    }

    @Test
    void productsOfEveryLayoutComeOutAsGemmSpecSays() {
        var random = new Random(7);
        int m = 3;
        int n = 5;
        int k = 4;
        for (int layout = 0; layout < 4; layout++) {
            boolean transA = layout % 2 == 1;
            boolean transB = layout / 2 == 1;
            var s = new GemmSpec(2, m, n, k, transA, transB, m * k, n * k, m * n);
            var a = random.doubles(2 * m * k).toArray();
            var b = random.doubles(2 * n * k).toArray();
            var c = new double[2 * m * n];
            var call = GemmCall.of(s, transA ? buf(1, DType.F32, 2, k, m) : buf(1, DType.F32, 2, m, k),
                    transB ? buf(2, DType.F32, 2, n, k) : buf(2, DType.F32, 2, k, n), buf(3, DType.F32, 2, m, n),
                    Precision.FP32).orElseThrow();
            assertEquals(2, call.first().address());
            columnMajor(call, b, a, c);
            for (int e = 0; e < 2; e++) {
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        double sum = 0;
                        for (int l = 0; l < k; l++) {
                            double left = a[e * m * k + (transA ? l * m + i : i * k + l)];
                            double right = b[e * n * k + (transB ? j * k + l : l * n + j)];
                            sum += left * right;
                        }
                        assertEquals(sum, c[e * m * n + i * n + j], 1e-12, s.toString());
                    }
                }
            }
        }
    }

    @Test
    void pitchesTypesAndArithmetic() {
        var s = GemmSpec.of(8, 16, 32, false, true);
        var view = buf(64, DType.BF16, 8, 96).columns(32, 64);
        var weight = buf(4096, DType.BF16, 16, 32);
        var call = GemmCall.of(s, view, weight, buf(8192, DType.F32, 8, 16), Precision.BF16).orElseThrow();
        assertEquals(new GemmCall.Operand(64 + 2 * 32, GemmCall.R_16BF, 96, 0), call.second());
        assertEquals(GemmCall.R_32F, call.result().type());
        assertEquals(GemmCall.COMPUTE_32F, call.computeType());
        var floats = GemmCall.of(s, buf(64, DType.F32, 8, 32), buf(64, DType.F32, 16, 32), buf(64, DType.F32, 8, 16),
                Precision.TF32).orElseThrow();
        assertEquals(GemmCall.COMPUTE_32F_FAST_TF32, floats.computeType());
    }

    @Test
    void whatCublasDoesNotMultiplyIsLeftToUs() {
        var s = GemmSpec.of(8, 16, 32, false, true);
        var f32 = buf(64, DType.F32, 8, 32);
        assertTrue(GemmCall.of(s, f32, buf(64, DType.BF16, 16, 32), buf(64, DType.F32, 8, 16),
                Precision.BF16).isEmpty());
        assertTrue(GemmCall.of(s, f32, buf(64, DType.F32, 16, 32), buf(64, DType.BF16, 8, 16),
                Precision.BF16).isEmpty());
        assertTrue(GemmCall.of(GemmSpec.of(8, 16, 0, false, true), buf(64, DType.F32, 8, 0), buf(64, DType.F32, 16, 0),
                buf(64, DType.F32, 8, 16), Precision.FP32).isEmpty());
    }

    @Test
    void convolutions() {
        var s = new ConvSpec(ConvSpec.Mode.FORWARD, 2, 9, 8, 12, 16, 3, 3, 2, 1);
        var x = buf(64, DType.F32, 2, 9, 8, 12);
        var w = buf(64, DType.F32, 16, 3, 3, 12);
        var y = buf(64, DType.F32, 2, 5, 4, 16);
        var call = ConvCall.of(s, x, w, y, Precision.FP32).orElseThrow();
        assertEquals(new ConvCall(ConvSpec.Mode.FORWARD, ConvCall.FLOAT, ConvCall.FMA_MATH, 2, 12, 9, 8, 16, 5, 4, 3, 3,
                2, 1),
                call);
        assertEquals(ConvCall.TENSOR_OP_MATH, ConvCall.of(s, x, w, y, Precision.TF32).orElseThrow().mathType());
        assertNotEquals(call, ConvCall.of(s.with(ConvSpec.Mode.DATA_GRADIENT), x, w, y, Precision.FP32).orElseThrow());
        var half = ConvCall.of(s, buf(64, DType.BF16, 2, 9, 8, 12), buf(64, DType.BF16, 16, 3, 3, 12),
                buf(64, DType.BF16, 2, 5, 4, 16), Precision.BF16).orElseThrow();
        assertEquals(ConvCall.BFLOAT16, half.dataType());
        assertEquals(ConvCall.TENSOR_OP_MATH, half.mathType());
    }

    @Test
    void whatCudnnDoesNotTakeAsItLiesIsLeftToUs() {
        var s = new ConvSpec(ConvSpec.Mode.WEIGHT_GRADIENT, 2, 4, 4, 8, 16, 3, 3, 1, 1);
        var x = buf(64, DType.BF16, 2, 4, 4, 8);
        var y = buf(64, DType.BF16, 2, 4, 4, 16);
        assertTrue(ConvCall.of(s, x, buf(64, DType.F32, 16, 3, 3, 8), y, Precision.BF16).isEmpty());
        var wide = buf(64, DType.BF16, 2, 4, 4, 24).columns(0, 8);
        assertTrue(ConvCall.of(s, wide, buf(64, DType.BF16, 16, 3, 3, 8), y, Precision.BF16).isEmpty());
    }
}
