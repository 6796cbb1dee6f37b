package anneal.kernel;

import java.util.ArrayList;
import java.util.List;

/** Matrix products: all four transpositions, batches, shared operands, pitched views, epilogues. */
final class GemmCases {
    private static final int RANDOM = 10;
    /** Rows, columns and depth. */
    private static final int[][] MODEL_SHAPES = {
        {64, 64, 64}, {130, 97, 200}, {1, 256, 64}, {256, 1, 33}, {7, 300, 513}, {20, 70, 2500}};

    private GemmCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (boolean transA : new boolean[] {false, true}) {
            for (boolean transB : new boolean[] {false, true}) {
                var name = "gemm " + (transA ? "T" : "N") + (transB ? "T" : "N");
                for (int i = 0; i < RANDOM; i++) {
                    cases.add(new KernelCase(name + " #" + i, 100, lab -> run(lab, lab.oneOf(1, 1, 2, 3),
                            lab.between(1, 40), lab.between(1, 70), lab.between(1, 90), transA, transB)));
                }
                for (int[] d : MODEL_SHAPES) {
                    cases.add(new KernelCase(name + " " + Shape.of(d), d[2],
                            lab -> run(lab, 1, d[0], d[1], d[2], transA, transB)));
                }
            }
        }
        return cases;
    }

    private static void run(Lab lab, int batch, int m, int n, int k, boolean transA, boolean transB) {
        boolean sharedB = lab.perhaps();
        var a = batch == 1 ? matrix(lab, transA, m, k) : lab.input(batch, transA ? k : m, transA ? m : k);
        var b = batch == 1 || sharedB ? matrix(lab, transB, k, n) : lab.input(batch, transB ? n : k, transB ? k : n);
        int[] out = batch == 1 ? new int[] {m, n} : new int[] {batch, m, n};
        var e = Fusions.epilogue(lab, 0, n, out);
        var c = lab.target(e.beta(), out);
        var s = new GemmSpec(batch, m, n, k, transA, transB, stride(a), stride(b), stride(c));
        lab.lowering().gemm(s, a, b, e, c);
    }

    private static Buf matrix(Lab lab, boolean transposed, int rows, int columns) {
        return transposed ? lab.input(columns, rows) : lab.input(rows, columns);
    }

    /** From one matrix to the next; 0 where there is only one. */
    private static long stride(Buf b) {
        return b.shape().rank() == 2 ? 0 : b.shape().dim(1) * b.rowPitch();
    }
}
