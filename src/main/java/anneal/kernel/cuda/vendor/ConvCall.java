package anneal.kernel.cuda.vendor;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Precision;
import java.util.Optional;

/**
 * What cuDNN's descriptors are made of for a convolution; two convolutions that are equal here share them. Extents are
 * in cuDNN's order, N, C, H, W and K, C, R, S, whatever the layout, which is NHWC here.
 *
 * @param dataType of all three tensors
 * @param mathType whether products may be rounded to tf32, or are made on tensor cores anyway
 */
record ConvCall(ConvSpec.Mode mode, int dataType, int mathType, int n, int inC, int inH, int inW, int outC, int outH,
                int outW, int kH, int kW, int stride, int padding) {
    static final int FORMAT_NHWC = 1;
    static final int CROSS_CORRELATION = 1;
    static final int FLOAT = 0;
    static final int BFLOAT16 = 9;
    /** Products and sums in float32. */
    static final int FMA_MATH = 3;
    static final int TENSOR_OP_MATH = 1;
    /** IMPLICIT_PRECOMP_GEMM. */
    private static final int FORWARD_ALGORITHM = 1;
    /** ALGO_1 of both gradients, which cuDNN's manual calls deterministic. */
    private static final int GRADIENT_ALGORITHM = 1;

    /** Empty for what cuDNN does not take as it lies: views with a pitch, mixed types, nothing. */
    static Optional<ConvCall> of(ConvSpec s, Buf x, Buf w, Buf y, Precision precision) {
        boolean types = x.type() == w.type() && x.type() == y.type() && (x.type() == DType.F32
                || x.type() == DType.BF16);
        if (!types || s.n() == 0 || !x.isDense() || !w.isDense() || !y.isDense()) {
            return Optional.empty();
        }
        boolean exact = x.type() == DType.F32 && precision != Precision.TF32;
        return Optional.of(new ConvCall(s.mode(), x.type() == DType.F32 ? FLOAT : BFLOAT16, exact ? FMA_MATH
                : TENSOR_OP_MATH,
                s.n(), s.inC(), s.inH(), s.inW(), s.outC(), s.outH(), s.outW(), s.kH(), s.kW(), s.stride(),
                s.padding()));
    }

    int algorithm() {
        return mode == ConvSpec.Mode.FORWARD ? FORWARD_ALGORITHM : GRADIENT_ALGORITHM;
    }
}
