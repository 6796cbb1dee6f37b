package anneal.kernel;

/**
 * The primitives of one device. Calls enqueue work on the device's stream in order and may return before it is done;
 * {@link Backend#synchronize} waits. All floating buffers of a call have the device's float type unless stated; index
 * buffers are I32. Outputs must not overlap inputs, except that {@code map} may write over an input of the same shape
 * and pitch. Every method throws IllegalArgumentException for shapes that do not fit.
 *
 * <p>Results depend on shapes, options and the device's vector width only: never on threads or timing (DESIGN 3b).
 * A device need only fuse what its {@link Plan} says; {@link Lowering} takes care of the rest.
 */
public interface Kernels {
    /** Algorithm, workspace and fused parts for a spec; pure. */
    Plan plan(Spec spec);

    /**
     * Convolution in one of three modes; the operand that the mode names is written, the others are read.
     * FORWARD: {@code y = e(conv(p(x), w))}. DATA_GRADIENT: {@code x = e(convT(y, w))}, the gradient with respect to
     * p(x): here p must be the identity and of e only alpha and beta apply. WEIGHT_GRADIENT:
     * {@code w = alpha * grad + beta * w} with the prologue applied to x again.
     *
     * @param x [n, h, w, inC], may be pitched
     * @param w [outC, kH, kW, inC], dense
     * @param y [n, outH, outW, outC], may be pitched
     * @param workspace at least plan.workspaceBytes(), or null when that is 0
     */
    void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace);

    /**
     * Convolution with a kernel for each channel, in the modes of {@link #conv}: FORWARD {@code y = e(conv(x, w))},
     * DATA_GRADIENT {@code x = alpha * grad + beta * x}, WEIGHT_GRADIENT {@code w = alpha * grad + beta * w}.
     *
     * @param x [n, h, w, c], may be pitched
     * @param w [kH, kW, c], dense
     * @param y [n, outH, outW, c], may be pitched
     * @param workspace at least plan.workspaceBytes(), or null when that is 0
     */
    void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace);

    /** Matrix product, see {@link GemmSpec}; a, b and c may be pitched; the epilogue's rowAdd is not allowed. */
    void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace);

    /**
     * Attention without ever storing a whole lengthQ x lengthK matrix for all heads.
     *
     * @param mask      [n, lengthK] of the float type, 1 = may be seen, 0 = not; or null. A row that sees nothing gives
     *                  zeros, and minus infinity as its logSumExp
     * @param logSumExp [n, heads, lengthQ], written: log of the softmax denominator, for the backward pass
     */
    void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp);

    /** Gradients of {@link #attention}; {@code gradients} are overwritten, views like {@code in}'s. */
    void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient, Qkv gradients);

    /** Mean and 1/sqrt(variance + eps) of every group: [n, groups] each. x may be pitched. */
    void normStats(NormSpec s, Buf x, Buf mean, Buf rstd);

    /**
     * {@code y = p(x)}, the whole prologue, resample included where the plan has it; x and y may be pitched. p.mean()
     * may be null. A prologue that measures is for plans with {@link Plan.Part#STATISTICS}.
     */
    void norm(NormSpec s, Prologue p, Buf x, Buf y);

    /**
     * Backward of {@link #norm} without resample. Written: dx = gradient + dxBeta * dx; dGamma, dBeta (both [C],
     * summed over samples), dScale, dShift (both [n, C], may be pitched); each may be null when not wanted.
     */
    void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, double dxBeta,
                      Buf dGamma, Buf dBeta, Buf dScale, Buf dShift);

    /** Point-wise; inputs broadcast to out's shape. */
    void map(MapOp f, Buf out, Buf... in);

    /** Reduction over {@code axes} (non-negative, increasing) of {@code in}; out keeps them with extent 1. */
    void reduce(ReduceOp f, int[] axes, Buf in, Buf out);

    /** softmax (or its logarithm) over the last axis. */
    void softmax(boolean log, Buf x, Buf y);

    /** Gradient of {@link #softmax} from its output y. */
    void softmaxBackward(boolean log, Buf y, Buf dy, Buf dx);

    /** out[i, :] = table[index[i], :]; table [v, c], index I32 [n], out [n, c]. */
    void gather(Buf table, Buf index, Buf out);

    /** table[index[i], :] += rows[i, :], in increasing i for every entry. */
    void scatterAdd(Buf index, Buf rows, Buf table);

    /** out[i, j] = 1 where j == index[i], else 0; index I32 [n], out [n, c]. */
    void oneHot(Buf index, Buf out);

    /** y = alpha * resample(x) + beta * y; x [n, h, w, c]. */
    void resample(Resample r, Buf x, Buf y, double alpha, double beta);

    /** Strided copy with conversion between element types (I32 to float included; float to I32 truncates). */
    void copy(CopySpec s, Buf src, Buf dst);

    /** Sets every element. */
    void fill(Buf out, double value);

    /**
     * Random numbers: row i of out (its first axis; a sample) is drawn for sample number sampleIndex[i] at position
     * position[0].
     *
     * @param sampleIndex I32 [rows]
     * @param position    I32 [1]
     * @param out         [rows, ...] dense
     */
    void random(RandomSpec s, Buf sampleIndex, Buf position, Buf out);

    /**
     * One optimiser step over a whole arena, then every EMA: ema = ema + weight * (parameters - ema), each in its own
     * type; with a weight of 1 it is a copy of the parameters.
     *
     * @param hyper F32 or F64 [3 + emas]: learning rate, step number counted from 1, factor of the gradients (clipping),
     *              then each average's weight, which is 1 - its rate
     */
    void adamw(AdamWSpec s, Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
               Buf[] emas);
}
