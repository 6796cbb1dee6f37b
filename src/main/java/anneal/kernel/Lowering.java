package anneal.kernel;

import anneal.kernel.Plan.Part;
import java.util.Arrays;
import java.util.Set;

/**
 * The one place that knows how to say a fused call in bare primitives: whatever a device's plan does not fuse is
 * expanded here, with intermediate results in memory of the device.
 */
public final class Lowering {
    private final Backend backend;
    private final DeviceMemory memory;
    private final Kernels kernels;
    private final boolean everything;

    /** Expands what the device does not fuse. */
    public Lowering(Backend backend) {
        this(backend, false);
    }

    /** @param everything expand also what the device could fuse: how tests compare fused with lowered */
    public Lowering(Backend backend, boolean everything) {
        this.backend = backend;
        this.memory = new DeviceMemory(backend);
        this.kernels = backend.kernels();
        this.everything = everything;
    }

    /** Where intermediate results come from, and the tensors of whoever shares it. */
    public DeviceMemory memory() {
        return memory;
    }

    private Set<Part> fused(Plan plan) {
        return everything ? Set.of() : plan.fuses();
    }

    /** {@link Kernels#conv} with any prologue and epilogue; allocates the workspace too. */
    public void conv(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y) {
        Plan plan = kernels.plan(s);
        Set<Part> can = fused(plan);
        boolean prologueFused = p.isIdentity() || can.contains(Part.NORM_PROLOGUE)
                && (p.resample() == Resample.NONE || can.contains(Part.RESAMPLE));
        if (prologueFused) {
            convEpilogue(s, plan, can, measured(p, x), x, w, e, y);
            return;
        }
        if (s.mode() == ConvSpec.Mode.DATA_GRADIENT) {
            throw new IllegalArgumentException("a data gradient takes no prologue");
        }
        Shape in = Shape.of(s.n(), s.inH(), s.inW(), s.inC());
        try (Temporary t = new Temporary(in, x.type())) {
            norm(p, x, t.buf);
            convEpilogue(s, plan, can, Prologue.NONE, t.buf, w, e, y);
        }
    }

    private void convEpilogue(ConvSpec s, Plan plan, Set<Part> can, Prologue p, Buf x, Buf w, Epilogue e, Buf y) {
        if (e.isBare() || fuses(can, e)) {
            withWorkspace(plan, work -> kernels.conv(s, p, x, w, e, y, work));
            return;
        }
        onlyForward(s.mode());
        try (Temporary t = new Temporary(y.shape(), y.type())) {
            withWorkspace(plan, work -> kernels.conv(s, p, x, w, Epilogue.NONE, t.buf, work));
            epilogue(e, t.buf, y);
        }
    }

    private static void onlyForward(ConvSpec.Mode mode) {
        if (mode != ConvSpec.Mode.FORWARD) {
            throw new IllegalArgumentException("only a forward convolution takes an epilogue");
        }
    }

    /** {@link Kernels#depthwise} with any epilogue; allocates the workspace too. */
    public void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y) {
        Plan plan = kernels.plan(s);
        if (e.isBare() || fuses(fused(plan), e)) {
            withWorkspace(plan, work -> kernels.depthwise(s, x, w, e, y, work));
            return;
        }
        onlyForward(s.mode());
        try (Temporary t = new Temporary(y.shape(), y.type())) {
            withWorkspace(plan, work -> kernels.depthwise(s, x, w, Epilogue.NONE, t.buf, work));
            epilogue(e, t.buf, y);
        }
    }

    /** {@link Kernels#gemm} with any epilogue. */
    public void gemm(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c) {
        Plan plan = kernels.plan(s);
        if (e.isBare() || fuses(fused(plan), e)) {
            withWorkspace(plan, work -> kernels.gemm(s, a, b, e, c, work));
            return;
        }
        try (Temporary t = new Temporary(Shape.of(s.batch(), s.m(), s.n()), c.type())) {
            long entrySize = (long) s.m() * s.n();
            GemmSpec dense = new GemmSpec(s.batch(), s.m(), s.n(), s.k(), s.transA(), s.transB(),
                    s.strideA(), s.strideB(), entrySize);
            withWorkspace(plan, work -> kernels.gemm(dense, a, b, Epilogue.NONE, t.buf, work));
            for (int i = 0; i < s.batch(); i++) {
                Buf r = Contract.entry(t.buf, i, entrySize, s.m(), s.n());
                epilogue(ofEntry(e, i, s), r, Contract.entry(c, i, s.strideC(), s.m(), s.n()));
            }
        }
    }

    /** The epilogue of entry {@code i} of a batch, whose residual has all entries' rows one after another. */
    private static Epilogue ofEntry(Epilogue e, int i, GemmSpec s) {
        Buf all = e.residual();
        Buf residual = all == null ? null : Contract.entry(all, i, s.m() * all.rowPitch(), s.m(), s.n());
        return new Epilogue(e.bias(), null, residual, e.alpha(), e.beta(), e.act());
    }

    /** {@code y = p(x)} for x [n, h, w, c]: normalise, modulate, activate, then resample. */
    public void norm(Prologue p, Buf x, Buf y) {
        NormSpec s = spec(p, x);
        Set<Part> can = fused(kernels.plan(s));
        Prologue ready = can.contains(Part.STATISTICS) ? p : measured(p, x);
        if (p.resample() == Resample.NONE || can.contains(Part.RESAMPLE)) {
            kernels.norm(s, ready, x, y);
            return;
        }
        try (Temporary t = new Temporary(x.shape(), x.type())) {
            kernels.norm(s, ready.withoutResample(), x, t.buf);
            kernels.resample(p.resample(), t.buf, y, 1, 0);
        }
    }

    private static NormSpec spec(Prologue p, Buf x) {
        Shape in = x.shape();
        return new NormSpec(in.dim(0), in.dim(1), in.dim(2), in.dim(3), Math.max(1, p.groups()), p.measures() ? p.eps() : 0);
    }

    /** The prologue with its statistics given, after they have been measured if it says so. */
    private Prologue measured(Prologue p, Buf x) {
        if (!p.measures()) {
            return p;
        }
        kernels.normStats(spec(p, x), x, p.mean(), p.rstd());
        return p.given();
    }

    private static boolean fuses(Set<Part> can, Epilogue e) {
        return (e.bias() == null || can.contains(Part.BIAS))
                && (e.rowAdd() == null || can.contains(Part.ROW_ADD))
                && (e.residual() == null || can.contains(Part.RESIDUAL))
                && (e.act() == Activation.NONE || can.contains(Part.ACTIVATION));
    }

    /** {@code y = act(alpha * (r + bias + rowAdd) + residual) + beta * y}; r is scratch and is overwritten. */
    private void epilogue(Epilogue e, Buf r, Buf y) {
        if (e.bias() != null) {
            kernels.map(MapOp.of(MapOp.Fn.ADD), r, r, e.bias());
        }
        if (e.rowAdd() != null) {
            kernels.map(MapOp.of(MapOp.Fn.ADD), r, r, perSample(e.rowAdd(), r.shape().rank()));
        }
        if (e.alpha() != 1) {
            kernels.map(MapOp.of(MapOp.Fn.AFFINE, e.alpha(), 0), r, r);
        }
        if (e.residual() != null) {
            kernels.map(MapOp.of(MapOp.Fn.ADD), r, r, e.residual());
        }
        switch (e.act()) {
            case NONE -> { }
            case SILU -> kernels.map(MapOp.of(MapOp.Fn.SILU), r, r);
            case RELU -> kernels.map(MapOp.of(MapOp.Fn.RELU), r, r);
        }
        if (e.beta() == 0) {
            kernels.map(MapOp.of(MapOp.Fn.AFFINE, 1, 0), y, r);
        } else {
            kernels.map(MapOp.of(MapOp.Fn.AXPBY, 1, e.beta()), y, r, y);
        }
    }

    /** [N, C] as [N, 1, .., 1, C]. */
    private static Buf perSample(Buf rows, int rank) {
        int[] d = new int[rank];
        Arrays.fill(d, 1);
        d[0] = rows.shape().dim(0);
        d[rank - 1] = rows.shape().last();
        return rows.reshape(Shape.of(d));
    }

    private interface WithWorkspace {
        void run(Buf workspace);
    }

    private void withWorkspace(Plan plan, WithWorkspace call) {
        if (plan.workspaceBytes() == 0) {
            call.run(null);
            return;
        }
        Storage storage = memory.allocate(plan.workspaceBytes());
        try {
            int words = Math.toIntExact(plan.workspaceBytes() / 4);
            call.run(Buf.dense(storage, DType.I32, Shape.of(words)));
        } finally {
            storage.release();
        }
    }

    private final class Temporary implements AutoCloseable {
        private final Buf buf;

        Temporary(Shape shape, DType type) {
            buf = Buf.dense(memory.allocate(shape.size() * type.bytes()), type, shape);
        }

        @Override
        public void close() {
            buf.storage().release();
        }
    }
}
