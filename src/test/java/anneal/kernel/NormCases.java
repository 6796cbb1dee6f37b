package anneal.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Normalisation: statistics, the whole prologue, and its backward pass with any subset of the gradients. */
final class NormCases {
    private NormCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (int i = 0; i < 12; i++) {
            cases.add(new KernelCase("normStats #" + i, 500, lab -> stats(lab, anySpec(lab))));
        }
        for (int i = 0; i < 24; i++) {
            cases.add(new KernelCase("norm #" + i, 1, lab -> norm(lab, anySpec(lab))));
            cases.add(new KernelCase("norm that measures #" + i, 500, lab -> measuring(lab, anySpec(lab))));
            cases.add(new KernelCase("normBackward #" + i, 500, lab -> backward(lab, anySpec(lab))));
        }
        // a model's, and what a device has to cut into pieces: many pixels, large groups, long rows
        for (var s : List.of(new NormSpec(2, 16, 16, 128, 32, 1e-5), new NormSpec(1, 17, 19, 40, 8, 1e-5),
                new NormSpec(2, 24, 24, 96, 1, 1e-5), new NormSpec(1, 33, 31, 6, 6, 1e-5),
                new NormSpec(1, 37, 41, 130, 5, 1e-5), new NormSpec(3, 1, 1, 1100, 1, 1e-5),
                new NormSpec(2, 2, 3, 390, 3, 1e-5))) {
            cases.add(new KernelCase("normStats " + s, 1024, lab -> stats(lab, s)));
            cases.add(new KernelCase("normStats with an outlier " + s, 1024, lab -> outlier(lab, s)));
            cases.add(new KernelCase("norm " + s, 1, lab -> norm(lab, s)));
            cases.add(new KernelCase("norm that measures " + s, 1024, lab -> measuring(lab, s)));
            cases.add(new KernelCase("normBackward " + s, 1024, lab -> backward(lab, s)));
        }
        return cases;
    }

    private static NormSpec anySpec(Lab lab) {
        int channels = lab.oneOf(1, 3, 4, 6, 8, 16, 24, 30, 33, 64);
        boolean rows = lab.between(0, 3) == 0;
        return new NormSpec(lab.between(1, rows ? 20 : 3), rows ? 1 : lab.between(2, 11), rows ? 1 : lab.between(1, 11),
                channels, rows ? 1 : Fusions.groups(lab, channels), 1e-5);
    }

    /** Values far from 0, so that a variance computed in one pass would be wrong. */
    private static void stats(Lab lab, NormSpec s) {
        var shape = Shape.of(s.n(), s.h(), s.w(), s.channels());
        var x = lab.holding(lab.uniforms(shape.size(), 20, 24), shape);
        lab.kernels().normStats(s, x, lab.denseOutput(s.n(), s.groups()), lab.denseOutput(s.n(), s.groups()));
    }

    /** One sample's first pixel is far from the others: a bad place to measure distances from. */
    private static void outlier(Lab lab, NormSpec s) {
        var shape = Shape.of(s.n(), s.h(), s.w(), s.channels());
        var values = lab.uniforms(shape.size(), -1, 1);
        Arrays.fill(values, 0, s.channels(), 1000);
        lab.kernels().normStats(s, lab.holding(values, shape), lab.denseOutput(s.n(), s.groups()),
                lab.denseOutput(s.n(), s.groups()));
    }

    private static void norm(Lab lab, NormSpec s) {
        var resample = s.h() > 1 && s.w() > 1 ? Resample.values()[lab.random().nextInt(3)] : Resample.NONE;
        var p = Fusions.prologue(lab, s.n(), s.channels(), resample);
        var y = lab.output(s.n(), resample.apply(s.h()), resample.apply(s.w()), s.channels());
        lab.lowering().norm(p, lab.input(s.n(), s.h(), s.w(), s.channels()), y);
    }

    private static void measuring(Lab lab, NormSpec s) {
        var resample = s.h() > 1 && s.w() > 1 ? Resample.values()[lab.random().nextInt(3)] : Resample.NONE;
        var p = new Prologue(lab.denseOutput(s.n(), s.groups()), lab.denseOutput(s.n(), s.groups()),
                lab.perhaps() ? lab.denseInput(s.channels()) : null, lab.perhaps() ? lab.denseInput(s.channels()) : null,
                lab.perhaps() ? lab.input(s.n(), s.channels()) : null, lab.perhaps() ? lab.input(s.n(), s.channels()) : null,
                Fusions.activation(lab), resample).measuring(s.eps());
        var y = lab.output(s.n(), resample.apply(s.h()), resample.apply(s.w()), s.channels());
        lab.lowering().norm(p, lab.input(s.n(), s.h(), s.w(), s.channels()), y);
    }

    private static void backward(Lab lab, NormSpec any) {
        int[] image = {any.n(), any.h(), any.w(), any.channels()};
        var p = Fusions.prologue(lab, any.n(), any.channels(), Resample.NONE);
        var s = new NormSpec(any.n(), any.h(), any.w(), any.channels(), Math.max(1, p.groups()), any.eps());
        double dxBeta = lab.perhaps() ? 0 : 0.5;
        lab.kernels().normBackward(s, p, lab.input(image), lab.input(image),
                lab.between(0, 3) == 0 ? null : lab.target(dxBeta, image), dxBeta,
                lab.perhaps() ? lab.denseOutput(any.channels()) : null,
                lab.perhaps() ? lab.denseOutput(any.channels()) : null,
                lab.perhaps() ? lab.output(any.n(), any.channels()) : null,
                lab.perhaps() ? lab.output(any.n(), any.channels()) : null);
    }
}
