package anneal.tensor;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.MapOp;
import anneal.kernel.Shape;
import java.util.Arrays;

/**
 * A handle on device memory: shape, element type, and (while a {@link Tape} records) its place in the computation. The
 * memory belongs to the {@link Scope} in which it was made. Methods make new tensors; none changes this one, except
 * those whose name says so ({@code copyFrom}).
 */
public final class Tensor {
    private final Device device;
    private final Buf buf;
    private Tape.Node node;

    Tensor(Device device, Buf buf) {
        this.device = device;
        this.buf = buf;
    }

    public Device device() {
        return device;
    }

    /** The memory behind this tensor. */
    public Buf buf() {
        return buf;
    }

    public Shape shape() {
        return buf.shape();
    }

    /** Extent of {@code axis}; negative axes count from the end. */
    public int dim(int axis) {
        return buf.shape().dim(axis);
    }

    public int rank() {
        return buf.shape().rank();
    }

    public long size() {
        return buf.shape().size();
    }

    public DType dtype() {
        return buf.type();
    }

    Tape.Node node() {
        return node;
    }

    void setNode(Tape.Node node) {
        this.node = node;
    }

    /** Gives up a tensor made by {@link Device#owned}. */
    public void release() {
        buf.storage().release();
    }

    /** The same memory, cut off from differentiation. */
    public Tensor detach() {
        return device.view(buf);
    }

    /** The same numbers as networks compute with them ({@link Device#floatType}); this tensor itself if they are. */
    public Tensor toFloating() {
        return as(device.floatType());
    }

    /** The same numbers in the device's wide type ({@link Device#wideType}); this tensor itself if they are. */
    public Tensor toWide() {
        return as(device.wideType());
    }

    Tensor as(DType type) {
        return dtype() == type ? this : Cast.cast(this, type);
    }

    /** The same numbers as I32, truncated towards zero: this tensor itself if they are I32; no gradient otherwise. */
    public Tensor toInts() {
        if (dtype() == DType.I32) {
            return this;
        }
        Tensor out = device.empty(DType.I32, shape());
        device.kernels().copy(Strided.fromRegion(buf, 0, out.buf), buf, out.buf);
        return out;
    }

    // ---- reading and writing from the host (these wait for the device) ----

    public float[] toFloats() {
        return device.backend().downloadFloats(buf);
    }

    public double[] toDoubles() {
        return device.backend().downloadDoubles(buf);
    }

    /** The only element; throws IllegalArgumentException if there are more. */
    public double item() {
        if (size() != 1) {
            throw new IllegalArgumentException("item() of a tensor of shape " + shape());
        }
        return toDoubles()[0];
    }

    public void copyFrom(float[] values) {
        device.backend().upload(values, buf);
    }

    public void copyFrom(double[] values) {
        device.backend().upload(values, buf);
    }

    public void copyFrom(int[] values) {
        device.backend().upload(values, buf);
    }

    /** Overwrites this tensor with another of the same shape on the same device. */
    public void copyFrom(Tensor other) {
        if (!other.shape().equals(shape())) {
            throw new IllegalArgumentException("copy of " + other.shape() + " into " + shape());
        }
        device.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 1, 0), buf, other.buf());
    }

    // ---- arithmetic, broadcasting as NumPy does ----

    public Tensor add(Tensor b) {
        return Binary.of(MapOp.Fn.ADD, this, b);
    }

    public Tensor sub(Tensor b) {
        return Binary.of(MapOp.Fn.SUB, this, b);
    }

    public Tensor mul(Tensor b) {
        return Binary.of(MapOp.Fn.MUL, this, b);
    }

    public Tensor div(Tensor b) {
        return Binary.of(MapOp.Fn.DIV, this, b);
    }

    public Tensor add(double b) {
        return Unary.of(MapOp.Fn.AFFINE, 1, b, this);
    }

    public Tensor sub(double b) {
        return add(-b);
    }

    public Tensor mul(double b) {
        return Unary.of(MapOp.Fn.AFFINE, b, 0, this);
    }

    public Tensor div(double b) {
        return mul(1 / b);
    }

    public Tensor neg() {
        return mul(-1);
    }

    /** scale * x + shift in one pass. */
    public Tensor affine(double scale, double shift) {
        return Unary.of(MapOp.Fn.AFFINE, scale, shift, this);
    }

    // ---- point-wise functions ----

    public Tensor square() {
        return Unary.of(MapOp.Fn.SQUARE, this);
    }

    public Tensor abs() {
        return Unary.of(MapOp.Fn.ABS, this);
    }

    public Tensor exp() {
        return Unary.of(MapOp.Fn.EXP, this);
    }

    public Tensor log() {
        return Unary.of(MapOp.Fn.LOG, this);
    }

    public Tensor sqrt() {
        return Unary.of(MapOp.Fn.SQRT, this);
    }

    public Tensor sin() {
        return Unary.of(MapOp.Fn.SIN, this);
    }

    public Tensor cos() {
        return Unary.of(MapOp.Fn.COS, this);
    }

    public Tensor tanh() {
        return Unary.of(MapOp.Fn.TANH, this);
    }

    public Tensor sigmoid() {
        return Unary.of(MapOp.Fn.SIGMOID, this);
    }

    public Tensor silu() {
        return Unary.of(MapOp.Fn.SILU, this);
    }

    public Tensor relu() {
        return Unary.of(MapOp.Fn.RELU, this);
    }

    /** x * Phi(x) with the exact normal distribution function. */
    public Tensor geluErf() {
        return Unary.of(MapOp.Fn.GELU_ERF, this);
    }

    public Tensor geluTanh() {
        return Unary.of(MapOp.Fn.GELU_TANH, this);
    }

    /** x * sigmoid(1.702 x), as CLIP has it. */
    public Tensor geluQuick() {
        return Unary.of(MapOp.Fn.GELU_QUICK, this);
    }

    /** The normal distribution function by its tanh approximation, see {@link MapOp.Fn#NORMAL_CDF}. */
    public Tensor normalCdf() {
        return Unary.of(MapOp.Fn.NORMAL_CDF, this);
    }

    public Tensor pow(double exponent) {
        return Unary.of(MapOp.Fn.POW, exponent, 0, this);
    }

    /** Limits to [min, max]; the gradient passes on the bounds themselves. Either bound may be infinite. */
    public Tensor clamp(double min, double max) {
        return Unary.of(MapOp.Fn.CLAMP, min, max, this);
    }

    public Tensor clampMin(double min) {
        return clamp(min, Double.POSITIVE_INFINITY);
    }

    /** 1 where x &lt; bound, else 0; has no gradient. */
    public Tensor less(double bound) {
        Tensor out = device.empty(shape());
        device.kernels().map(MapOp.of(MapOp.Fn.LESS, bound, 0), out.buf, buf);
        return out;
    }

    // ---- reductions ----

    /** Sum over all elements, a scalar. */
    public Tensor sum() {
        return Reduction.sum(this, false, Reduction.allAxes(rank()));
    }

    public Tensor sum(boolean keep, int... axes) {
        return Reduction.sum(this, keep, axes);
    }

    /** Mean over all elements, a scalar. */
    public Tensor mean() {
        return Reduction.mean(this, false, Reduction.allAxes(rank()));
    }

    public Tensor mean(boolean keep, int... axes) {
        return Reduction.mean(this, keep, axes);
    }

    /** Mean over all axes but the first: one number a sample, shape [N]. */
    public Tensor meanPerSample() {
        return rank() == 1 ? this : Reduction.mean(this, false, Reduction.axesFrom(1, rank()));
    }

    /** Variance with {@code correction} subtracted from the count. */
    public Tensor var(boolean keep, int correction, int... axes) {
        return Reduction.var(this, keep, correction, axes);
    }

    /** softmax over the last axis. */
    public Tensor softmax() {
        return Softmax.softmax(this);
    }

    /** log softmax over the last axis. */
    public Tensor logSoftmax() {
        return Softmax.logSoftmax(this);
    }

    // ---- shape ----

    /** The same elements in another shape; at most one extent may be -1 and is then found. */
    public Tensor reshape(int... dims) {
        return Reshape.reshape(this, dims);
    }

    /** Axes in a new order, copied. */
    public Tensor permute(int... order) {
        return Permute.permute(this, order);
    }

    /** Exchange of the last two axes, copied. */
    public Tensor transpose() {
        int[] order = new int[rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        order[rank() - 1] = rank() - 2;
        order[rank() - 2] = rank() - 1;
        return permute(order);
    }

    /** Entries from..to-1 of the last axis, a view. */
    public Tensor columns(int from, int to) {
        return Columns.columns(this, from, to);
    }

    /** Entries from..to-1 of {@code axis}, copied. */
    public Tensor slice(int axis, int from, int to) {
        return Slice.slice(this, axis, from, to, 1);
    }

    /** [N] as [N, 1, .., 1] of the given rank, to broadcast over a sample's elements. */
    public Tensor perSample(int rank) {
        int[] dims = new int[rank];
        Arrays.fill(dims, 1);
        dims[0] = dim(0);
        return reshape(dims);
    }

    @Override
    public String toString() {
        return "Tensor" + shape() + " " + dtype() + " on " + device.name();
    }
}
