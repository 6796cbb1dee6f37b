package anneal.kernel;

import java.util.Arrays;

/**
 * What every device checks at its door: shapes that fit the spec, element types, batches and heads that stay inside
 * their memory. There is a method for each primitive of {@link Kernels}, which says what the operands are; all throw
 * IllegalArgumentException with the operand's name, what it is and what it should be.
 */
public final class Contract {
    private final DType floatType;
    private final DType wideType;

    /** @param floatType the device's; where it is bfloat16, statistics and gradients may be float32 */
    public Contract(DType floatType) {
        this.floatType = floatType;
        this.wideType = floatType == DType.BF16 ? DType.F32 : floatType;
    }

    /** See {@link Kernels#conv}. */
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y) {
        rank("x", x, 4);
        shape("x after the prologue's resample", x.shape().with(1, p.resample().apply(x.shape().dim(1)))
                .with(2, p.resample().apply(x.shape().dim(2))), s.n(), s.inH(), s.inW(), s.inC());
        floats("w", w, s.outC(), s.kH(), s.kW(), s.inC());
        require(w.isDense(), "w", "a convolution's weight must be dense");
        floats("y", y, s.n(), s.outH(), s.outW(), s.outC());
        floatType("x", x);
        if (s.mode() == ConvSpec.Mode.DATA_GRADIENT) {
            require(p.isIdentity(), "prologue", "a data gradient takes none");
        }
        if (s.mode() != ConvSpec.Mode.FORWARD) {
            require(e.isBare(), "epilogue", "only a forward convolution takes more than alpha and beta");
        }
        given(p);
        prologue(p, s.n(), s.inC());
        epilogue(e, s.n(), s.outC(), y);
    }

    /** See {@link Kernels#depthwise}. */
    public void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y) {
        floats("x", x, s.n(), s.h(), s.w(), s.channels());
        floats("w", w, s.kH(), s.kW(), s.channels());
        require(w.isDense(), "w", "a convolution's weight must be dense");
        floats("y", y, s.n(), s.outH(), s.outW(), s.channels());
        require(s.mode() == ConvSpec.Mode.FORWARD || e.isBare(), "epilogue",
                "only a forward convolution takes more than alpha and beta");
        epilogue(e, s.n(), s.channels(), y);
    }

    /** See {@link Kernels#gemm}. */
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c) {
        require(s.batch() >= 0, "batch", "negative");
        matrices("a", a, s.batch(), s.strideA(), s.transA() ? s.k() : s.m(), s.transA() ? s.m() : s.k());
        matrices("b", b, s.batch(), s.strideB(), s.transB() ? s.n() : s.k(), s.transB() ? s.k() : s.n());
        matrices("c", c, s.batch(), s.strideC(), s.m(), s.n());
        require(s.batch() <= 1 || s.strideC() != 0, "c", "a batch of results needs a stride");
        require(e.rowAdd() == null, "epilogue", "a matrix product takes no rowAdd");
        if (e.bias() != null) {
            floats("bias", e.bias(), s.n());
        }
        if (e.residual() != null) {
            rows("residual", e.residual(), (long) s.batch() * s.m(), s.n());
        }
    }

    /** The scratch that a plan asks for must be there. */
    public void workspace(Plan plan, Buf workspace) {
        long have = workspace == null ? 0 : workspace.shape().size() * workspace.type().bytes();
        if (have < plan.workspaceBytes()) {
            throw bad("workspace", have + " bytes instead of " + plan.workspaceBytes());
        }
    }

    /** Entry {@code i} of a batch of matrices, [rows, columns]. */
    public static Buf entry(Buf b, long i, long stride, int rows, int columns) {
        return new Buf(b.storage(), b.offset() + i * stride, b.type(), Shape.of(rows, columns), b.rowPitch());
    }

    /** See {@link Kernels#attention}. */
    public void attention(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        heads("q", in.q(), s.n(), s.lengthQ(), s.headDim(), s.heads(), s.headStrideQ());
        heads("k", in.k(), s.n(), s.lengthK(), s.headDim(), s.heads(), s.headStrideK());
        heads("v", in.v(), s.n(), s.lengthK(), s.headDim(), s.heads(), s.headStrideV());
        heads("out", out, s.n(), s.lengthQ(), s.headDim(), s.heads(), s.headStrideOut());
        if (mask != null) {
            floats("mask", mask, s.n(), s.lengthK());
        }
        floats("logSumExp", logSumExp, s.n(), s.heads(), s.lengthQ());
    }

    /** See {@link Kernels#attentionBackward}. */
    public void attentionBackward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                                  Qkv gradients) {
        attention(s, in, mask, out, logSumExp);
        attention(s, gradients, mask, outGradient, logSumExp);
    }

    /** See {@link Kernels#normStats}. */
    public void normStats(NormSpec s, Buf x, Buf mean, Buf rstd) {
        rows("x", x, (long) s.n() * s.h() * s.w(), s.channels());
        floats("mean", mean, s.n(), s.groups());
        floats("rstd", rstd, s.n(), s.groups());
    }

    /** See {@link Kernels#norm}. */
    public void norm(NormSpec s, Prologue p, Buf x, Buf y) {
        rows("x", x, (long) s.n() * s.h() * s.w(), s.channels());
        rows("y", y, (long) s.n() * p.resample().apply(s.h()) * p.resample().apply(s.w()), s.channels());
        require(p.mean() == null || p.groups() == s.groups(), "mean", "has not one entry a group");
        require(p.mean() != null || !p.measures(), "mean", "must be there to be measured");
        prologue(p, s.n(), s.channels());
    }

    /** That a prologue's statistics are there, for kernels that do not measure them. */
    public void given(Prologue p) {
        require(!p.measures(), "prologue", "is to be measured, which no plan for this call has promised");
    }

    /** See {@link Kernels#normBackward}. */
    public void normBackward(NormSpec s, Prologue p, Buf x, Buf dy, Buf dx, Buf dGamma, Buf dBeta, Buf dScale,
                             Buf dShift) {
        require(p.resample() == Resample.NONE, "prologue", "the backward pass takes no resample");
        given(p);
        norm(s, p, x, dy);
        if (dx != null) {
            rows("dx", dx, (long) s.n() * s.h() * s.w(), s.channels());
        }
        optional("dGamma", dGamma, s.channels());
        optional("dBeta", dBeta, s.channels());
        optional("dScale", dScale, s.n(), s.channels());
        optional("dShift", dShift, s.n(), s.channels());
    }

    /** See {@link Kernels#map}. */
    public void map(MapOp f, Buf out, Buf... in) {
        if (in.length != f.fn().arity()) {
            throw bad(f.fn().name(), "takes " + f.fn().arity() + " operands, not " + in.length);
        }
        floatType("out", out);
        writable(out);
        for (var b : in) {
            floatType("in", b);
            if (!b.shape().equals(out.shape()) && !Shape.broadcast(b.shape(), out.shape()).equals(out.shape())) {
                throw bad("in", b.shape() + " does not broadcast to " + out.shape());
            }
        }
    }

    /** See {@link Kernels#reduce}. */
    public void reduce(int[] axes, Buf in, Buf out) {
        floatType("in", in);
        var d = in.shape().toArray();
        int last = -1;
        for (int axis : axes) {
            if (axis <= last || axis >= d.length) {
                throw bad("axes", Arrays.toString(axes) + " of " + in.shape());
            }
            d[axis] = 1;
            last = axis;
        }
        floats("out", out, d);
    }

    /** Floating buffers of one shape. */
    public void sameShape(Buf first, Buf... others) {
        floatType("operand", first);
        for (var b : others) {
            floats("operand", b, first.shape().toArray());
        }
    }

    /** See {@link Kernels#gather}; for scatterAdd {@code out} are the rows that are added. */
    public void gather(Buf table, Buf index, Buf out) {
        floats("table", table, table.shape().dim(0), table.shape().last());
        oneHot(index, out);
        require(table.shape().last() == out.shape().last(), "rows", "are not as long as the table's");
    }

    /** See {@link Kernels#oneHot}. */
    public void oneHot(Buf index, Buf out) {
        require(index.type() == DType.I32 && index.shape().rank() == 1, "index", "must be I32 [n]");
        floats("out", out, index.shape().dim(0), out.shape().last());
    }

    /** See {@link Kernels#resample}. */
    public void resample(Resample r, Buf x, Buf y) {
        rank("x", x, 4);
        floatType("x", x);
        var d = x.shape();
        floats("y", y, d.dim(0), r.apply(d.dim(1)), r.apply(d.dim(2)), d.dim(3));
    }

    /** See {@link Kernels#copy}: both ends of the two strided boxes must lie inside their storages. */
    public void copy(CopySpec s, Buf src, Buf dst) {
        require(src.type().isFloating() == dst.type().isFloating() || !s.accumulate(), "copy",
                "an accumulating one does not change between integers and floats");
        box("src", src, s.dims(), s.srcOffset(), s.srcStrides());
        box("dst", dst, s.dims(), s.dstOffset(), s.dstStrides());
        writable(dst);
    }

    private static void box(String name, Buf b, int[] dims, long offset, long[] strides) {
        long first = b.offset() + offset;
        long last = first;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == 0) {
                return;
            }
            long way = (dims[i] - 1) * strides[i];
            first += Math.min(0, way);
            last += Math.max(0, way);
        }
        if (first < 0 || (last + 1) * b.type().bytes() > b.storage().bytes()) {
            throw bad(name, "a copy touches elements " + first + ".." + last + " of a storage of "
                    + b.storage().bytes() + " bytes of " + b.type());
        }
    }

    /** See {@link Kernels#random}. */
    public void random(Buf sampleIndex, Buf position, Buf out) {
        floatType("out", out);
        require(out.isDense() && out.shape().rank() >= 1, "out", "must be dense with samples along its first axis");
        require(sampleIndex.type() == DType.I32, "sampleIndex", "must be I32");
        shape("sampleIndex", sampleIndex.shape(), out.shape().dim(0));
        require(position.type() == DType.I32, "position", "must be I32");
        shape("position", position.shape(), 1);
    }

    /** See {@link Kernels#adamw}. */
    public void adamw(Buf hyper, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment, Buf[] emas) {
        shape("hyper", hyper.shape(), 3 + emas.length);
        require(hyper.type() == DType.F32 || hyper.type() == DType.F64, "hyper", "must be F32 or F64");
        writable(parameters);
        for (var b : new Buf[] {gradients, firstMoment, secondMoment}) {
            dense(b, parameters);
        }
        for (var b : emas) {
            dense(b, parameters);
        }
    }

    /** See {@link Kernels#fill}, and whatever else can write to weights. */
    public void writable(Buf out) {
        out.storage().checkWritable();
    }

    private void dense(Buf b, Buf parameters) {
        require(b.isDense() && parameters.isDense(), "arena", "must be dense");
        floats("arena", b, parameters.shape().toArray());
    }

    private void prologue(Prologue p, int n, int channels) {
        require((p.mean() == null) == (p.rstd() == null), "rstd", "goes with mean");
        if (p.mean() != null) {
            floats("mean", p.mean(), n, p.groups());
            floats("rstd", p.rstd(), n, p.groups());
            require(channels % p.groups() == 0, "mean", "the groups do not divide the channels");
        }
        optional("gamma", p.gamma(), channels);
        optional("beta", p.beta(), channels);
        optional("scale", p.scale(), n, channels);
        optional("shift", p.shift(), n, channels);
    }

    private void epilogue(Epilogue e, int n, int channels, Buf y) {
        optional("bias", e.bias(), channels);
        optional("rowAdd", e.rowAdd(), n, channels);
        optional("residual", e.residual(), y.shape().toArray());
    }

    private void optional(String name, Buf b, int... dims) {
        if (b != null) {
            floats(name, b, dims);
        }
    }

    private void matrices(String name, Buf b, int batch, long stride, int rows, int columns) {
        floatType(name, b);
        long have = b.shape().rows();
        if (b.shape().last() != columns || have != rows && have != (long) batch * rows) {
            throw bad(name, b.shape() + " instead of " + batch + " times [" + rows + ", " + columns + "]");
        }
        if (batch > 0) {
            entry(b, batch - 1, stride, rows, columns);
        }
    }

    private void heads(String name, Buf b, int n, int length, int headDim, int heads, long headStride) {
        floats(name, b, n, length, headDim);
        new Buf(b.storage(), b.offset() + (heads - 1) * headStride, b.type(), b.shape(), b.rowPitch());
    }

    private void rows(String name, Buf b, long rows, int columns) {
        floatType(name, b);
        if (b.shape().last() != columns || b.shape().rows() != rows) {
            throw bad(name, b.shape() + " instead of " + rows + " rows of " + columns);
        }
    }

    private void floats(String name, Buf b, int... dims) {
        floatType(name, b);
        shape(name, b.shape(), dims);
    }

    private void floatType(String name, Buf b) {
        if (b.type() != floatType && b.type() != wideType) {
            throw bad(name, "type " + b.type() + ", the device computes in " + floatType);
        }
    }

    private static void rank(String name, Buf b, int rank) {
        if (b.shape().rank() != rank) {
            throw bad(name, b.shape() + " is not of rank " + rank);
        }
    }

    private static void shape(String name, Shape shape, int... dims) {
        boolean same = shape.rank() == dims.length;
        for (int i = 0; same && i < dims.length; i++) {
            same = shape.dim(i) == dims[i];
        }
        if (!same) {
            throw bad(name, shape + " instead of " + Arrays.toString(dims));
        }
    }

    private static void require(boolean condition, String name, String problem) {
        if (!condition) {
            throw bad(name, problem);
        }
    }

    private static IllegalArgumentException bad(String name, String problem) {
        return new IllegalArgumentException(name + ": " + problem);
    }
}
