package anneal.kernel.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Activation;
import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.Kernels;
import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import anneal.kernel.NormSpec;
import anneal.kernel.Prologue;
import anneal.kernel.Qkv;
import anneal.kernel.Resample;
import anneal.kernel.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every backward primitive against central differences of its forward one. */
class ReferenceGradientTest {
    private static final double STEP = 1e-5;

    private final ReferenceBackend device = new ReferenceBackend();
    private final Kernels kernels = device.kernels();
    private final Random random = new Random(11);

    @AfterEach
    void close() {
        device.close();
    }

    private Buf normals(int... dims) {
        var shape = Shape.of(dims);
        var b = Buf.dense(device.allocate(shape.size() * 8), DType.F64, shape);
        device.upload(random.doubles(shape.size(), -1.5, 1.5).toArray(), b);
        return b;
    }

    /** Checks that moving each element of {@code x} moves {@code sum(dy * forward)} as {@code dx} says. */
    private void check(Buf x, Buf dx, Buf y, Buf dy, Runnable forward) {
        var values = device.downloadDoubles(x);
        var gradient = device.downloadDoubles(dx);
        for (int i = 0; i < values.length; i++) {
            double slope = (moved(values, i, STEP, x, y, dy, forward) - moved(values, i, -STEP, x, y, dy, forward))
                    / (2 * STEP);
            assertEquals(slope, gradient[i], 1e-8 * (1 + Math.abs(slope)), "element " + i);
        }
        device.upload(values, x);
    }

    private double moved(double[] values, int i, double by, Buf x, Buf y, Buf dy, Runnable forward) {
        var changed = values.clone();
        changed[i] += by;
        device.upload(changed, x);
        forward.run();
        var out = device.downloadDoubles(y);
        var weights = device.downloadDoubles(dy);
        double sum = 0;
        for (int j = 0; j < out.length; j++) {
            sum += out[j] * weights[j];
        }
        return sum;
    }

    @Test
    void convolution() {
        var s = new ConvSpec(ConvSpec.Mode.FORWARD, 2, 5, 4, 3, 2, 3, 2, 2, 1);
        var x = normals(2, 5, 4, 3);
        var w = normals(2, 3, 2, 3);
        var y = normals(2, s.outH(), s.outW(), 2);
        var dy = normals(2, s.outH(), s.outW(), 2);
        var dx = normals(2, 5, 4, 3);
        var dw = normals(2, 3, 2, 3);
        kernels.conv(s.with(ConvSpec.Mode.DATA_GRADIENT), Prologue.NONE, dx, w, Epilogue.NONE, dy, null);
        kernels.conv(s.with(ConvSpec.Mode.WEIGHT_GRADIENT), Prologue.NONE, x, dw, Epilogue.NONE, dy, null);
        Runnable forward = () -> kernels.conv(s, Prologue.NONE, x, w, Epilogue.NONE, y, null);
        check(x, dx, y, dy, forward);
        check(w, dw, y, dy, forward);
    }

    @Test
    void attention() {
        int d = 3;
        var s = new AttentionSpec(2, 2, d, 4, 5, d, d, d, d, true, 0.6);
        var q = normals(2, 4, 2 * d);
        var k = normals(2, 5, 2 * d);
        var v = normals(2, 5, 2 * d);
        var out = normals(2, 4, 2 * d);
        var lse = normals(2, 2, 4);
        var dOut = normals(2, 4, 2 * d);
        var dq = normals(2, 4, 2 * d);
        var dk = normals(2, 5, 2 * d);
        var dv = normals(2, 5, 2 * d);
        var mask = normals(2, 5);
        device.upload(new double[] {1, 0, 1, 1, 1, 0, 1, 1, 0, 1}, mask);
        var in = new Qkv(q.columns(0, d), k.columns(0, d), v.columns(0, d));
        Runnable forward = () -> kernels.attention(s, in, mask, out.columns(0, d), lse);
        forward.run();
        kernels.attentionBackward(s, in, mask, out.columns(0, d), lse, dOut.columns(0, d),
                new Qkv(dq.columns(0, d), dk.columns(0, d), dv.columns(0, d)));
        check(q, dq, out, dOut, forward);
        check(k, dk, out, dOut, forward);
        check(v, dv, out, dOut, forward);
    }

    /** The statistics are computed anew for every move: they depend on x. */
    @ParameterizedTest
    @EnumSource(Activation.class)
    void norm(Activation act) {
        var s = new NormSpec(2, 2, 3, 6, 2, 1e-3);
        var x = normals(2, 2, 3, 6);
        var mean = normals(2, 2);
        var rstd = normals(2, 2);
        var gamma = normals(6);
        var beta = normals(6);
        var scale = normals(2, 6);
        var shift = normals(2, 6);
        var y = normals(2, 2, 3, 6);
        var dy = normals(2, 2, 3, 6);
        var p = new Prologue(mean, rstd, gamma, beta, scale, shift, act, Resample.NONE);
        Runnable forward = () -> {
            kernels.normStats(s, x, mean, rstd);
            kernels.norm(s, p, x, y);
        };
        forward.run();
        var dx = normals(2, 2, 3, 6);
        var dGamma = normals(6);
        var dBeta = normals(6);
        var dScale = normals(2, 6);
        var dShift = normals(2, 6);
        kernels.normBackward(s, p, x, dy, dx, 0, dGamma, dBeta, dScale, dShift);
        check(x, dx, y, dy, forward);
        check(gamma, dGamma, y, dy, forward);
        check(beta, dBeta, y, dy, forward);
        check(scale, dScale, y, dy, forward);
        check(shift, dShift, y, dy, forward);
    }

    @ParameterizedTest
    @EnumSource(Activation.class)
    void modulationWithoutNormalisation(Activation act) {
        var s = new NormSpec(2, 1, 3, 4, 1, 0);
        var x = normals(2, 1, 3, 4);
        var scale = normals(2, 4);
        var p = new Prologue(null, null, null, null, scale, null, act, Resample.NONE);
        var y = normals(2, 1, 3, 4);
        var dy = normals(2, 1, 3, 4);
        var dx = normals(2, 1, 3, 4);
        kernels.normBackward(s, p, x, dy, dx, 0, null, null, null, null);
        check(x, dx, y, dy, () -> kernels.norm(s, p, x, y));
    }

    @Test
    void softmax() {
        for (boolean log : new boolean[] {false, true}) {
            var x = normals(3, 5);
            var y = normals(3, 5);
            var dy = normals(3, 5);
            var dx = normals(3, 5);
            kernels.softmax(log, x, y);
            kernels.softmaxBackward(log, y, dy, dx);
            check(x, dx, y, dy, () -> kernels.softmax(log, x, y));
        }
    }

    /** The gradient functions, named after what they differentiate. */
    @ParameterizedTest
    @EnumSource(value = Fn.class, mode = EnumSource.Mode.MATCH_ALL, names = ".*_GRAD")
    void pointwise(Fn gradient) {
        var fn = Fn.valueOf(gradient.name().replace("_GRAD", ""));
        var constants = Map.of(Fn.POW, new double[] {2.5, 0}, Fn.CLAMP, new double[] {-0.5, 0.7});
        var pq = constants.getOrDefault(fn, new double[2]);
        boolean fromOutput = fn == Fn.TANH || fn == Fn.SIGMOID;
        var x = normals(40);
        if (fn == Fn.POW) {
            device.upload(Arrays.stream(device.downloadDoubles(x)).map(Math::abs).toArray(), x);
        }
        var y = normals(40);
        var dy = normals(40);
        var dx = normals(40);
        Runnable forward = () -> kernels.map(MapOp.of(fn, pq[0], pq[1]), y, x);
        forward.run();
        kernels.map(MapOp.of(gradient, pq[0], pq[1]), dx, fromOutput ? y : x, dy);
        check(x, dx, y, dy, forward);
    }
}
