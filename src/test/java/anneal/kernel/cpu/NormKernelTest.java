package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.kernel.cpu.DevicePair.Twin;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NormKernelTest {
    private final DevicePair pair = new DevicePair(4);

    @AfterEach
    void close() {
        pair.close();
    }

    static Stream<NormSpec> specs() {
        return Stream.of(new NormSpec(1, 1, 1, 9, 1, 1e-5), new NormSpec(3, 5, 7, 6, 2, 1e-5),
                new NormSpec(2, 13, 11, 64, 32, 1e-5), new NormSpec(2, 20, 17, 40, 8, 1e-6),
                new NormSpec(3, 4, 4, 300, 3, 1e-5), new NormSpec(1, 24, 24, 96, 1, 1e-5),
                new NormSpec(37, 1, 1, 48, 1, 1e-5), new NormSpec(70, 1, 1, 33, 1, 1e-5),
                new NormSpec(5, 1, 1, 64, 4, 1e-5), new NormSpec(2, 3, 2, 7, 7, 1e-5));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void forwardAndBackward(NormSpec s) {
        for (var act : Activation.values()) {
            for (boolean modulated : new boolean[] {false, true}) {
                for (int gap : new int[] {0, 5}) {
                    forwardAndBackward(s, act, modulated, gap);
                }
            }
        }
    }

    private void forwardAndBackward(NormSpec s, Activation act, boolean modulated, int gap) {
        int[] dims = {s.n(), s.h(), s.w(), s.channels()};
        var x = pair.pitched(gap, 1.5, 0.7, dims);
        var mean = pair.empty(s.n(), s.groups());
        var rstd = pair.empty(s.n(), s.groups());
        pair.run((k, i) -> k.normStats(s, x.on()[i], mean.on()[i], rstd.on()[i]));
        pair.check(s + " mean", 1e-6, mean);
        pair.check(s + " rstd", 1e-6, rstd);

        var gamma = pair.normal(0.5, 1, s.channels());
        var beta = pair.normal(0.5, 0, s.channels());
        var scale = pair.pitched(3, 0.3, 0, s.n(), s.channels());
        var shift = pair.normal(0.3, 0, s.n(), s.channels());
        var y = pair.pitched(gap, 1, 0, dims);
        var dy = pair.pitched(gap, 1, 0, dims);
        var dx = pair.pitched(gap, 1, 0, dims);
        var dGamma = pair.empty(s.channels());
        var dBeta = pair.empty(s.channels());
        var dScale = pair.pitched(gap, 1, 0, s.n(), s.channels());
        var dShift = pair.empty(s.n(), s.channels());
        double dxBeta = gap == 0 ? 0 : 0.5;
        pair.run((k, i) -> {
            var p = new Prologue(mean.on()[i], rstd.on()[i], gamma.on()[i], beta.on()[i],
                    modulated ? scale.on()[i] : null, modulated ? shift.on()[i] : null, act, Resample.NONE);
            k.norm(s, p, x.on()[i], y.on()[i]);
            k.normBackward(s, p, x.on()[i], dy.on()[i], dx.on()[i], dxBeta, dGamma.on()[i], dBeta.on()[i],
                    modulated ? dScale.on()[i] : null, modulated ? dShift.on()[i] : null);
        });
        var what = s + " " + act + (modulated ? " modulated" : "") + " gap " + gap;
        pair.check(what + " y", 1e-6, y);
        pair.check(what + " dx", 3e-6, dx);
        pair.check(what + " dGamma", 3e-6, dGamma);
        pair.check(what + " dBeta", 3e-6, dBeta);
        if (modulated) {
            pair.check(what + " dScale", 3e-6, dScale);
            pair.check(what + " dShift", 3e-6, dShift);
        }
    }

    @Test
    void variancesSurviveLargeOffsetsAndOutliers() {
        var s = new NormSpec(2, 16, 16, 32, 8, 1e-12);
        var x = pair.normal(0.01, 1000, 2, 16, 16, 32);
        stats(s, x, 1e-5);
        var values = pair.floats(pair.normal(1, 0, 2, 16, 16, 32), 1);
        Arrays.fill(values, 0, 32, 1e4f);
        // the group's standard deviation is 16 times its mean, and errors of the mean are relative to that
        stats(s, pair.of(values, 0, anneal.kernel.Shape.of(2, 16, 16, 32)), 1e-5, 1e-5);
        stats(new NormSpec(2, 1, 1, 512, 1, 1e-12), pair.normal(0.01, 1000, 2, 1, 1, 512), 1e-5);
        stats(new NormSpec(1, 9, 9, 24, 4, 1e-5), pair.normal(0, 3, 1, 9, 9, 24), 1e-6);
    }

    private void stats(NormSpec s, Twin x, double tolerance) {
        stats(s, x, 1e-7, tolerance);
    }

    private void stats(NormSpec s, Twin x, double meanTolerance, double tolerance) {
        var mean = pair.empty(s.n(), s.groups());
        var rstd = pair.empty(s.n(), s.groups());
        pair.run((k, i) -> k.normStats(s, x.on()[i], mean.on()[i], rstd.on()[i]));
        pair.check(s + " mean", meanTolerance, mean);
        pair.check(s + " rstd", tolerance, rstd);
    }

    @Test
    void resampledForward() {
        var s = new NormSpec(2, 7, 6, 24, 4, 1e-5);
        var x = pair.pitched(8, 1, 0, 2, 7, 6, 24);
        var mean = pair.normal(0.1, 0, 2, 4);
        var rstd = pair.normal(0.1, 1, 2, 4);
        for (var r : Resample.values()) {
            for (boolean norm : new boolean[] {false, true}) {
                int h = r.apply(7);
                int w = r.apply(6);
                var middle = pair.empty(2, 7, 6, 24);
                var y = pair.pitched(3, 1, 0, 2, h, w, 24);
                pair.run((k, i) -> {
                    var p = new Prologue(norm ? mean.on()[i] : null, norm ? rstd.on()[i] : null, null, null, null, null,
                            norm ? Activation.SILU : Activation.NONE, r);
                    if (i > 0) {
                        k.norm(s, p, x.on()[i], y.on()[i]);
                    } else {
                        k.norm(s, p.withoutResample(), x.on()[i], middle.on()[i]);
                        k.resample(r, middle.on()[i], y.on()[i], 1, 0);
                    }
                });
                pair.check("norm with " + r, 1e-6, y);
                pair.run((k, i) -> k.resample(r, x.on()[i], y.on()[i], 0.3, norm ? 2 : 0));
                pair.check("resample " + r, 1e-6, y);
            }
        }
    }

    @Test
    void aSampleDoesNotDependOnItsBatch() {
        var s = new NormSpec(3, 13, 11, 64, 32, 1e-5);
        var one = new NormSpec(1, 13, 11, 64, 32, 1e-5);
        var x = pair.normal(1, 0, 3, 13, 11, 64);
        var dy = pair.normal(1, 0, 3, 13, 11, 64);
        var mean = pair.empty(3, 32);
        var rstd = pair.empty(3, 32);
        var dx = pair.empty(3, 13, 11, 64);
        var dxAlone = pair.empty(1, 13, 11, 64);
        var meanAlone = pair.empty(1, 32);
        var rstdAlone = pair.empty(1, 32);
        pair.run((k, i) -> {
            k.normStats(s, x.on()[i], mean.on()[i], rstd.on()[i]);
            k.normBackward(s, silu(mean.on()[i], rstd.on()[i]), x.on()[i], dy.on()[i], dx.on()[i],
                    0, null, null, null, null);
            k.normStats(one, x.slab(2, 3).on()[i], meanAlone.on()[i], rstdAlone.on()[i]);
            k.normBackward(one, silu(meanAlone.on()[i], rstdAlone.on()[i]), x.slab(2, 3).on()[i],
                    dy.slab(2, 3).on()[i], dxAlone.on()[i], 0, null, null, null, null);
        });
        for (int i = 1; i < pair.devices(); i++) {
            assertArrayEquals(pair.floats(dx.slab(2, 3), i), pair.floats(dxAlone, i));
            assertArrayEquals(pair.floats(rstd.slab(2, 3), i), pair.floats(rstdAlone, i));
        }
    }

    private static Prologue silu(Buf mean, Buf rstd) {
        return new Prologue(mean, rstd, null, null, null, null, Activation.SILU, Resample.NONE);
    }

    @Test
    void emptyBatch() {
        var x = pair.normal(1, 0, 0, 4, 4, 8);
        var y = pair.empty(0, 4, 4, 8);
        pair.run((k, i) -> k.norm(new NormSpec(0, 4, 4, 8, 2, 1e-5), Prologue.NONE, x.on()[i], y.on()[i]));
        assertEquals(0, pair.floats(y, 1).length);
    }
}
