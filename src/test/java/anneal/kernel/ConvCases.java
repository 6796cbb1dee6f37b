package anneal.kernel;

import anneal.kernel.ConvSpec.Mode;
import java.util.ArrayList;
import java.util.List;

/** Convolutions: random small odd ones with every option, and the shapes that models have. */
final class ConvCases {
    private static final int RANDOM = 24;

    private ConvCases() {
    }

    static List<KernelCase> all() {
        var cases = new ArrayList<KernelCase>();
        for (var mode : Mode.values()) {
            for (int i = 0; i < RANDOM; i++) {
                cases.add(new KernelCase("conv " + mode + " #" + i, 300, lab -> anyConv(lab, mode)));
            }
            add(cases, new ConvSpec(mode, 2, 16, 16, 64, 64, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 1, 17, 19, 40, 24, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 3, 8, 8, 96, 128, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 2, 4, 4, 128, 64, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 2, 33, 32, 3, 32, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 2, 32, 31, 32, 3, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 2, 9, 7, 16, 5, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 1, 8, 11, 48, 1, 3, 2, 2, 1));
            add(cases, new ConvSpec(mode, 2, 7, 6, 2, 64, 1, 1, 1, 0));
            add(cases, new ConvSpec(mode, 2, 40, 33, 1, 70, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 1, 9, 10, 4, 32, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 2, 16, 16, 32, 48, 3, 3, 2, 1));
            add(cases, new ConvSpec(mode, 2, 15, 14, 64, 80, 1, 1, 1, 0));
            add(cases, new ConvSpec(mode, 1, 21, 20, 16, 16, 7, 7, 2, 3));
            // deep enough, and pixels enough, that a device has to take sums in parts
            add(cases, new ConvSpec(mode, 1, 6, 5, 300, 70, 3, 3, 1, 1));
            add(cases, new ConvSpec(mode, 6, 32, 32, 8, 72, 3, 3, 1, 1));
        }
        return cases;
    }

    private static void add(List<KernelCase> cases, ConvSpec s) {
        cases.add(new KernelCase("conv " + s, length(s), lab -> run(lab, s, Resample.NONE)));
    }

    private static double length(ConvSpec s) {
        return switch (s.mode()) {
            case FORWARD -> s.kH() * s.kW() * s.inC();
            case DATA_GRADIENT -> s.kH() * s.kW() * s.outC();
            case WEIGHT_GRADIENT -> s.n() * s.outH() * s.outW();
        };
    }

    private static void anyConv(Lab lab, Mode mode) {
        var resample = mode == Mode.DATA_GRADIENT ? Resample.NONE : Resample.values()[lab.random().nextInt(3)];
        int kH = lab.oneOf(1, 2, 3, 3, 5);
        int kW = lab.oneOf(kH, kH, 1, 4);
        int h = resample.apply(2 * lab.between(1, 7) + lab.oneOf(0, 1));
        int w = resample.apply(2 * lab.between(1, 7) + lab.oneOf(0, 1));
        int padding = Math.max(lab.between(0, 2), (Math.max(kH - h, kW - w) + 1) / 2);
        run(lab, new ConvSpec(mode, lab.between(1, 3), h, w, lab.oneOf(1, 2, 3, 5, 8, 16, 17, 33),
                lab.oneOf(1, 2, 3, 4, 7, 16, 20, 34), kH, kW, lab.between(1, 3), padding), resample);
    }

    private static void run(Lab lab, ConvSpec s, Resample resample) {
        int h = stored(lab, resample, s.inH());
        int w = stored(lab, resample, s.inW());
        int[] x = {s.n(), h, w, s.inC()};
        int[] weight = {s.outC(), s.kH(), s.kW(), s.inC()};
        int[] y = {s.n(), s.outH(), s.outW(), s.outC()};
        var p = s.mode() == Mode.DATA_GRADIENT ? Prologue.NONE : Fusions.prologue(lab, s.n(), s.inC(), resample);
        var scaling = Fusions.scaling(lab);
        switch (s.mode()) {
            case FORWARD -> {
                var e = Fusions.epilogue(lab, s.n(), s.outC(), y);
                lab.lowering().conv(s, p, lab.input(x), lab.denseInput(weight), e, lab.target(e.beta(), y));
            }
            case DATA_GRADIENT -> lab.lowering().conv(s, p, lab.target(scaling.beta(), x), lab.denseInput(weight),
                    scaling, lab.input(y));
            case WEIGHT_GRADIENT -> lab.lowering().conv(s, p, lab.input(x),
                    scaling.beta() == 0 ? lab.denseOutput(weight) : lab.denseInOut(weight), scaling, lab.input(y));
        }
    }

    /** An extent that the resampling turns into {@code seen}. */
    private static int stored(Lab lab, Resample resample, int seen) {
        return switch (resample) {
            case NONE -> seen;
            case UP -> seen / 2;
            case DOWN -> 2 * seen + lab.oneOf(0, 1);
        };
    }
}
