package anneal.kernel.cpu;

import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import anneal.kernel.Plan;

/** Matrix products of every kind that {@link GemmSpec} describes. */
final class CpuGemm {
    private final CpuContext context;
    private final Product product;

    CpuGemm(CpuContext context) {
        this.context = context;
        this.product = new Product(context);
    }

    /** The smaller operand is packed: packing costs what it moves, and the other is read in place. */
    private static boolean flips(GemmSpec s) {
        return s.m() < s.n();
    }

    Plan plan(GemmSpec s) {
        long entries = (flips(s) ? s.strideA() : s.strideB()) == 0 ? Math.min(1, s.batch()) : s.batch();
        long floats = entries * Product.panelFloats(flips(s) ? s.m() : s.n(), s.k());
        double elements = s.batch() * ((double) s.m() * s.k() + (double) s.k() * s.n() + (double) s.m() * s.n());
        return new Plan(flips(s) ? "tiles, a packed" : "tiles, b packed", 4 * floats + Native.ALIGNMENT, s.flops(),
                4 * elements, Plan.ALL);
    }

    void run(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c, Buf workspace) {
        if (s.batch() == 0 || s.m() == 0 || s.n() == 0) {
            return;
        }
        long panels = Output.workspace(workspace, plan(s));
        if (flips(s)) {
            // the transpose of the result, op(b)^T op(a)^T
            multiply(s, s.n(), s.m(), new Operand(b, s.strideB(), !s.transB()),
                    new Operand(a, s.strideA(), !s.transA()), panels, true, outputs(s, e, c));
        } else {
            multiply(s, s.m(), s.n(), new Operand(a, s.strideA(), s.transA()),
                    new Operand(b, s.strideB(), s.transB()), panels, false, outputs(s, e, c));
        }
    }

    /** A stored matrix and whether its transpose is meant. */
    private record Operand(Buf buf, long stride, boolean transposed) {
        long entry() {
            return 4 * stride;
        }
    }

    private void multiply(GemmSpec s, int rows, int columns, Operand left, Operand right, long panels, boolean flip,
                          Output[] outputs) {
        long pitch = Output.pitch(left.buf);
        var in = new Product.Left(left.buf.address(), left.entry(), left.transposed ? 4 : pitch,
                left.transposed ? pitch : 4);
        boolean shared = right.stride == 0;
        var packed = new Product.Right(panels, shared ? 0 : 4 * Product.panelFloats(columns, s.k()));
        product.pack(shared ? 1 : s.batch(), columns, s.k(), right.transposed, right.buf.address(), right.entry(),
                Output.pitch(right.buf), packed);
        product.run(rows, columns, Parts.of(s.k()), in, packed, flip, outputs);
    }

    private Output[] outputs(GemmSpec s, Epilogue e, Buf c) {
        var first = Output.of(context.lanes().panels(), c, e, s.m());
        var outputs = new Output[s.batch()];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = first.at(first.y() + 4 * i * s.strideC(),
                    first.residual() == 0 ? 0 : first.residual() + i * s.m() * first.residualRow());
        }
        return outputs;
    }
}
