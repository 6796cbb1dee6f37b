package anneal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What works on rows: softmax, and rows chosen by index. */
final class RowCases {
    private RowCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        // rows that a block of several warps shares
        for (boolean log : new boolean[] {false, true}) {
            var name = "long " + (log ? "logSoftmax" : "softmax");
            cases.add(new KernelCase(name, 700, lab -> softmax(lab, log, 2, 3, 700)));
            cases.add(new KernelCase(name + " backward", 700, lab -> softmaxBackward(lab, log, 2, 3, 700)));
        }
        for (int i = 0; i < 6; i++) {
            for (boolean log : new boolean[] {false, true}) {
                var name = (log ? "logSoftmax" : "softmax") + " #" + i;
                cases.add(new KernelCase(name, 50, lab -> softmax(lab, log, dims(lab))));
                cases.add(new KernelCase(name + " backward", 50, lab -> softmaxBackward(lab, log, dims(lab))));
            }
            cases.add(new KernelCase("gather #" + i, 1, RowCases::gather));
            cases.add(new KernelCase("scatterAdd #" + i, 10, RowCases::scatterAdd));
            cases.add(new KernelCase("oneHot #" + i, 1, RowCases::oneHot));
        }
        return cases;
    }

    private static int[] dims(Lab lab) {
        return new int[] {lab.between(1, 4), lab.between(1, 5), lab.oneOf(1, 2, 7, 16, 31, 64, 100)};
    }

    /** Logits up to a hundred: without taking the largest out first, exp would overflow. */
    private static void softmax(Lab lab, boolean log, int... d) {
        var shape = Shape.of(d);
        lab.kernels().softmax(log, lab.holding(lab.uniforms(shape.size(), -100, 100), shape), lab.output(d));
    }

    private static void softmaxBackward(Lab lab, boolean log, int... d) {
        var shape = Shape.of(d);
        var y = lab.holding(lab.uniforms(shape.size(), log ? -5 : 0, log ? -1 : 0.2), shape);
        lab.kernels().softmaxBackward(log, y, lab.input(d), lab.output(d));
    }

    private static Buf indices(Lab lab, int n, int limit) {
        return lab.denseHolding(DType.I32, Arrays.stream(lab.uniforms(n, 0, limit)).map(Math::floor).toArray());
    }

    private static void gather(Lab lab) {
        int v = lab.between(1, 9);
        int n = lab.between(1, 30);
        int c = lab.between(1, 40);
        lab.kernels().gather(lab.input(v, c), indices(lab, n, v), lab.output(n, c));
    }

    private static void scatterAdd(Lab lab) {
        int v = lab.between(1, 9);
        int n = lab.between(1, 30);
        int c = lab.between(1, 40);
        lab.kernels().scatterAdd(indices(lab, n, v), lab.input(n, c), lab.inOut(v, c));
    }

    private static void oneHot(Lab lab) {
        int c = lab.between(1, 20);
        int n = lab.between(1, 9);
        lab.kernels().oneHot(indices(lab, n, c), lab.output(n, c));
    }
}
