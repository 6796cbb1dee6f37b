package anneal.kernel.cpu;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.Epilogue;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CpuConvTest {
    private static final double TOLERANCE = 3e-6;

    /** F(4x4, 3x3) is that much less exact; with the points of the paper it would be 2.5 times worse than it is. */
    private static final double TOLERANCE_F4 = 6e-6;

    private final Random random = new Random();

    private static double tolerance(ConvAlgorithm algorithm) {
        return algorithm == ConvAlgorithm.F4 ? TOLERANCE_F4 : TOLERANCE;
    }

    private int pick(int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private ConvSpec spec(Mode mode, Resample resample) {
        while (true) {
            int h = resample.apply(pick(1, 2, 3, 4, 7, 16));
            int w = resample.apply(pick(1, 2, 4, 5, 9, 33));
            int kH = pick(1, 1, 3, 3, 2, 5);
            int kW = pick(kH, kH, kH, 1, 3);
            int padding = pick(0, kH / 2, kH / 2, 2);
            if (h > 0 && w > 0 && h + 2 * padding >= kH && w + 2 * padding >= kW) {
                return new ConvSpec(mode, pick(1, 2, 3), h, w, pick(1, 3, 6, 16, 33, 66), pick(1, 3, 6, 32, 70, 130),
                        kH, kW, pick(1, 1, 1, 2, 3), padding);
            }
        }
    }

    /** Every optional operand of a prologue and an epilogue, on the reference device's side and to be made again. */
    private record Extras(Twin.Operand mean, Twin.Operand rstd, Twin.Operand gamma, Twin.Operand beta,
                          Twin.Operand scale, Twin.Operand shift, Activation before, Resample resample,
                          Twin.Operand bias, Twin.Operand rowAdd, Twin.Operand residual, double alpha, double factor,
                          Activation after) {
        private static Buf truth(Twin.Operand o) {
            return o == null ? null : o.truth();
        }

        Prologue prologue() {
            return new Prologue(truth(mean), truth(rstd), truth(gamma), truth(beta), truth(scale), truth(shift), before,
                    resample);
        }

        Prologue prologue(Twin.Side side) {
            return new Prologue(side.buf(mean), side.buf(rstd), side.buf(gamma), side.buf(beta), side.buf(scale),
                    side.buf(shift), before, resample);
        }

        Epilogue epilogue() {
            return new Epilogue(truth(bias), truth(rowAdd), truth(residual), alpha, factor, after);
        }

        Epilogue epilogue(Twin.Side side) {
            return new Epilogue(side.buf(bias), side.buf(rowAdd), side.buf(residual), alpha, factor, after);
        }
    }

    private Extras extras(Twin t, ConvSpec s, Resample resample, boolean norm) {
        boolean forward = s.mode() == Mode.FORWARD;
        int groups = s.inC() % 3 == 0 ? 3 : 1;
        return new Extras(norm ? t.normal(s.n(), groups) : null, norm ? t.normal(s.n(), groups) : null,
                norm && random.nextBoolean() ? t.normal(s.inC()) : null,
                norm && random.nextBoolean() ? t.normal(s.inC()) : null,
                norm && random.nextBoolean() ? t.pitched(5, s.n(), s.inC()) : null,
                norm && random.nextBoolean() ? t.pitched(5, s.n(), s.inC()) : null,
                norm ? Activation.values()[random.nextInt(3)] : Activation.NONE, resample,
                forward && random.nextBoolean() ? t.normal(s.outC()) : null,
                forward && random.nextBoolean() ? t.pitched(2, s.n(), s.outC()) : null,
                forward && random.nextBoolean() ? t.pitched(1, s.n(), s.outH(), s.outW(), s.outC()) : null,
                random.nextBoolean() ? 1 : 0.7, random.nextBoolean() ? 0 : 0.5,
                forward && random.nextBoolean() ? Activation.SILU : Activation.NONE);
    }

    private void compare(Mode mode, int seed) {
        random.setSeed(seed);
        boolean norm = mode != Mode.DATA_GRADIENT && random.nextBoolean();
        var resample = norm ? Resample.values()[random.nextInt(3)] : Resample.NONE;
        compare(spec(mode, resample), norm, resample, ConvAlgorithm.AUTO);
    }

    private void compareWinograd(Mode mode, WinogradTile tile, int seed) {
        random.setSeed(seed);
        boolean norm = mode != Mode.DATA_GRADIENT && random.nextBoolean();
        var resample = norm ? Resample.values()[random.nextInt(3)] : Resample.NONE;
        int h = Math.max(1, resample.apply(pick(2, 3, 4, 7, 16)));
        int w = Math.max(1, resample.apply(pick(2, 4, 5, 9, 150)));
        var s = new ConvSpec(mode, pick(1, 2, 3), h, w, pick(16, 24, 33, 64, 70, 150), pick(16, 20, 33, 70, 130), 3, 3,
                1, 1);
        compare(s, norm, resample, algorithm(tile));
    }

    private static ConvAlgorithm algorithm(WinogradTile tile) {
        return tile == WinogradTile.F2 ? ConvAlgorithm.F2 : ConvAlgorithm.F4;
    }

    private static CpuContext with(CpuContext c, ConvAlgorithm algorithm) {
        return new CpuContext(c.memory(), c.threads(), c.lanes(), algorithm);
    }

    private void compare(ConvSpec s, boolean norm, Resample resample, ConvAlgorithm algorithm) {
        try (var t = new Twin(random)) {
            var extras = extras(t, s, resample, norm);
            int h = stored(s.inH(), resample);
            int w = stored(s.inW(), resample);
            var x = t.pitched(pick(0, 0, 3), s.n(), h, w, s.inC());
            var weight = t.normal(s.outC(), s.kH(), s.kW(), s.inC());
            var y = t.pitched(pick(0, 0, 3), s.n(), s.outH(), s.outW(), s.outC());
            t.lowering.conv(s, extras.prologue(), x.truth(), weight.truth(), extras.epilogue(), y.truth());
            t.check(algorithm + " " + s + " " + resample + (norm ? " norm" : ""), tolerance(algorithm), side -> {
                var conv = new CpuConv(with(side.context, algorithm));
                if (algorithm == ConvAlgorithm.F2) {
                    Assertions.assertEquals("winograd f2", conv.plan(s).algorithm());
                } else if (algorithm == ConvAlgorithm.F4) {
                    Assertions.assertEquals("winograd f4", conv.plan(s).algorithm());
                }
                var bufs = new Buf[] {side.buf(x), side.buf(weight), side.buf(y)};
                conv.run(s, extras.prologue(side), bufs[0], bufs[1], extras.epilogue(side), bufs[2],
                        side.workspace(conv.plan(s)));
                return bufs;
            }, x.truth(), weight.truth(), y.truth());
        }
    }

    /** The smallest extent that the resampling turns into this one, odd sometimes where it is halved. */
    private int stored(int extent, Resample resample) {
        return switch (resample) {
            case NONE -> extent;
            case UP -> extent / 2;
            case DOWN -> 2 * extent + pick(0, 1);
        };
    }

    @RepeatedTest(60)
    void forwardAgreesWithTheReference(RepetitionInfo repetition) {
        compare(Mode.FORWARD, repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void dataGradientAgreesWithTheReference(RepetitionInfo repetition) {
        compare(Mode.DATA_GRADIENT, 1000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void weightGradientAgreesWithTheReference(RepetitionInfo repetition) {
        compare(Mode.WEIGHT_GRADIENT, 2000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void winogradForwardAgreesWithTheReference(RepetitionInfo repetition) {
        compareWinograd(Mode.FORWARD, WinogradTile.F2, 3000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void largeWinogradForwardAgreesWithTheReference(RepetitionInfo repetition) {
        compareWinograd(Mode.FORWARD, WinogradTile.F4, 6000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void winogradDataGradientAgreesWithTheReference(RepetitionInfo repetition) {
        compareWinograd(Mode.DATA_GRADIENT, WinogradTile.F2, 4000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void largeWinogradDataGradientAgreesWithTheReference(RepetitionInfo repetition) {
        compareWinograd(Mode.DATA_GRADIENT, WinogradTile.F4, 7000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void winogradWeightGradientAgreesWithTheReference(RepetitionInfo repetition) {
        compareWinograd(Mode.WEIGHT_GRADIENT, WinogradTile.F2, 5000 + repetition.getCurrentRepetition());
    }

    @RepeatedTest(40)
    void largeWinogradWeightGradientAgreesWithTheReference(RepetitionInfo repetition) {
        compareWinograd(Mode.WEIGHT_GRADIENT, WinogradTile.F4, 8000 + repetition.getCurrentRepetition());
    }

    /** Few pixels and many pixels take different ways, which must not show: a sample's bits are its own. */
    @Test
    void aSampleAloneHasTheBitsThatItHasInABatch() {
        random.setSeed(7);
        for (var mode : new Mode[] {Mode.FORWARD, Mode.DATA_GRADIENT}) {
            for (var algorithm : ConvAlgorithm.values()) {
                aloneAndInABatch(mode, 40, 72, algorithm);
                aloneAndInABatch(mode, 300, 72, algorithm);
                aloneAndInABatch(mode, 40, 190, algorithm);
            }
        }
    }

    private void aloneAndInABatch(Mode mode, int inC, int outC, ConvAlgorithm algorithm) {
        var all = new ConvSpec(mode, 12, 4, 5, inC, outC, 3, 3, 1, 1);
        var one = new ConvSpec(mode, 1, 4, 5, inC, outC, 3, 3, 1, 1);
        try (var t = new Twin(random)) {
            var x = t.normal(12, 4, 5, inC);
            var w = t.normal(outC, 3, 3, inC);
            var y = t.normal(12, 4, 5, outC);
            t.lowering.conv(all, Prologue.NONE, x.truth(), w.truth(), Epilogue.NONE, y.truth());
            t.check("batch", tolerance(algorithm), side -> {
                var conv = new CpuConv(with(side.context, algorithm));
                var together = new Buf[] {side.buf(x), side.buf(w), side.buf(y)};
                var alone = new Buf[] {side.buf(x), together[1], side.buf(y)};
                conv.run(all, Prologue.NONE, together[0], together[1], Epilogue.NONE, together[2],
                        side.workspace(conv.plan(all)));
                for (int i = 0; i < 12; i++) {
                    conv.run(one, Prologue.NONE, alone[0].slab(i, i + 1), alone[1], Epilogue.NONE,
                            alone[2].slab(i, i + 1), side.workspace(conv.plan(one)));
                }
                for (int j = 0; j < 3; j += 2) {
                    long a = together[j].address();
                    long b = alone[j].address();
                    for (long at = 0; at < 4 * together[j].shape().size(); at += 4) {
                        Assertions.assertEquals(Native.get(a + at), Native.get(b + at));
                    }
                }
                return together;
            }, x.truth(), w.truth(), y.truth());
        }
    }
}
