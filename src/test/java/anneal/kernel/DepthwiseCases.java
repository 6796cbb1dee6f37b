package anneal.kernel;

import anneal.kernel.ConvSpec.Mode;
import java.util.ArrayList;
import java.util.List;

/** Depthwise convolutions: random small odd ones with every option, and the shapes that models have. */
final class DepthwiseCases {
    private static final int RANDOM = 16;

    private DepthwiseCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (var mode : Mode.values()) {
            for (int i = 0; i < RANDOM; i++) {
                cases.add(new KernelCase("depthwise " + mode + " #" + i, 300, lab -> any(lab, mode)));
            }
            add(cases, new DepthwiseSpec(mode, 3, 16, 16, 32, 7, 7, 3));
            add(cases, new DepthwiseSpec(mode, 2, 28, 28, 1, 7, 7, 3));
            add(cases, new DepthwiseSpec(mode, 5, 4, 4, 40, 7, 7, 3));
            // more rows than are taken together, and pixels enough that a device has to take sums in parts
            add(cases, new DepthwiseSpec(mode, 1, 90, 90, 3, 7, 7, 3));
        }
        return cases;
    }

    private static void add(List<KernelCase> cases, DepthwiseSpec s) {
        double length = s.mode() == Mode.WEIGHT_GRADIENT ? s.n() * s.outH() * s.outW() : s.kH() * s.kW();
        cases.add(new KernelCase(s.toString(), length, lab -> run(lab, s)));
    }

    private static void any(Lab lab, Mode mode) {
        int kH = lab.oneOf(1, 2, 3, 5, 7, 9);
        int kW = lab.oneOf(kH, kH, 1, 4, 8);
        int padding = lab.between(0, Math.min(kH, kW) - 1);
        int h = Math.max(lab.between(1, 12), kH - 2 * padding);
        int w = Math.max(lab.between(1, 20), kW - 2 * padding);
        run(lab, new DepthwiseSpec(mode, lab.between(1, 3), h, w, lab.oneOf(1, 3, 6, 15, 16, 17, 32, 50), kH, kW,
                padding));
    }

    private static void run(Lab lab, DepthwiseSpec s) {
        int[] x = {s.n(), s.h(), s.w(), s.channels()};
        int[] weight = {s.kH(), s.kW(), s.channels()};
        int[] y = {s.n(), s.outH(), s.outW(), s.channels()};
        var scaling = Fusions.scaling(lab);
        switch (s.mode()) {
            case FORWARD -> {
                var e = Fusions.epilogue(lab, s.n(), s.channels(), y);
                lab.lowering().depthwise(s, lab.input(x), lab.denseInput(weight), e, lab.target(e.beta(), y));
            }
            case DATA_GRADIENT -> lab.lowering().depthwise(s, lab.target(scaling.beta(), x), lab.denseInput(weight),
                    scaling, lab.input(y));
            case WEIGHT_GRADIENT -> lab.lowering().depthwise(s, lab.input(x),
                    scaling.beta() == 0 ? lab.denseOutput(weight) : lab.denseInOut(weight), scaling, lab.input(y));
        }
    }
}
