package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.Precision;
import anneal.kernel.Qkv;
import anneal.kernel.Shape;
import anneal.kernel.Storage;
import anneal.kernel.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention in bfloat16 on layouts that tensor cores can take, which the random cases of all devices seldom have. */
class TensorCoreAttentionTest {
    /**
     * Inputs, probabilities, gradients of scores and results are rounded to 8 bits, each to within 2^-9; the scores'
     * gradients are differences of about equal numbers. Seen: up to 0.004 forward and 0.006 backward.
     */
    private static final double TOLERANCE = 0.01;

    @ParameterizedTest
    @CsvSource({"2, 2, 64, 64, 64, false, false", "1, 3, 64, 130, 77, false, false", "1, 1, 128, 70, 200, true, false",
        "1, 2, 128, 200, 70, true, false", "3, 2, 32, 33, 65, false, true", "1, 2, 16, 5, 9, false, false",
        "1, 2, 80, 64, 64, true, true", "1, 2, 40, 100, 40, false, false", "2, 1, 8, 3, 2, false, false",
        "1, 1, 96, 1, 50, false, false"})
    void agreesWithReference(int n, int heads, int d, int lengthQ, int lengthK, boolean causal, boolean masked) {
        var s = new AttentionSpec(n, heads, d, lengthQ, lengthK, d, d, d, d, causal, 1 / Math.sqrt(d));
        try (var sim = TestedDevice.open(Precision.BF16);
             var reference = new ReferenceBackend()) {
            var expected = run(s, masked, reference);
            var actual = run(s, masked, sim);
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(0, distance(expected.get(i), actual.get(i)), TOLERANCE, "result " + i + " of " + s);
            }
            assertEquals(3, sim.launches().entrySet().stream().filter(e -> e.getKey().startsWith("attention_mma"))
                    .mapToLong(e -> e.getValue()).sum(), sim.launches().toString());
        }
    }

    @Test
    void aQueryWithoutKeysGivesZeros() {
        var s = new AttentionSpec(2, 1, 16, 4, 6, 16, 16, 16, 16, false, 1);
        try (var sim = TestedDevice.open(Precision.BF16)) {
            var results = run(s, true, sim);
            // the mask hides every key of sample 0
            assertTrue(Arrays.stream(results.get(0)).limit(4 * 16).allMatch(v -> v == 0));
            assertTrue(Arrays.stream(results.get(1)).limit(4).allMatch(v -> v == Double.NEGATIVE_INFINITY));
            assertTrue(Arrays.stream(results.get(2)).limit(4 * 16).allMatch(v -> v == 0));
        }
    }

    /** out, logSumExp and the gradients of q, k and v. */
    private static List<double[]> run(AttentionSpec s, boolean masked, Backend device) {
        var storages = new ArrayList<Storage>();
        var random = new Random(s.hashCode());
        int width = s.heads() * s.headDim();
        var q = buffer(device, storages, random, s.n(), s.lengthQ(), width);
        var k = buffer(device, storages, random, s.n(), s.lengthK(), width);
        var v = buffer(device, storages, random, s.n(), s.lengthK(), width);
        var dOut = buffer(device, storages, random, s.n(), s.lengthQ(), width);
        var mask = masked ? buffer(device, storages, random, s.n(), s.lengthK()) : null;
        if (masked) {
            var seen = new double[s.n() * s.lengthK()];
            Arrays.setAll(seen, i -> i < s.lengthK() ? 0 : random.nextInt(2));
            device.upload(seen, mask);
        }
        var out = buffer(device, storages, random, s.n(), s.lengthQ(), width);
        var logSumExp = buffer(device, storages, random, s.n(), s.heads(), s.lengthQ());
        var gradients = List.of(buffer(device, storages, random, s.n(), s.lengthQ(), width),
                buffer(device, storages, random, s.n(), s.lengthK(), width),
                buffer(device, storages, random, s.n(), s.lengthK(), width));
        int d = s.headDim();
        var in = new Qkv(q.columns(0, d), k.columns(0, d), v.columns(0, d));
        var to = new Qkv(gradients.get(0).columns(0, d), gradients.get(1).columns(0, d),
                gradients.get(2).columns(0, d));
        device.kernels().attention(s, in, mask, out.columns(0, d), logSumExp);
        device.kernels().attentionBackward(s, in, mask, out.columns(0, d), logSumExp, dOut.columns(0, d), to);
        var results = new ArrayList<double[]>();
        results.add(device.downloadDoubles(out));
        results.add(device.downloadDoubles(logSumExp));
        gradients.forEach(g -> results.add(device.downloadDoubles(g)));
        storages.forEach(Storage::release);
        return results;
    }

    /** Normal numbers that bfloat16 can hold. */
    private static Buf buffer(Backend device, List<Storage> storages, Random random, int... dims) {
        var shape = Shape.of(dims);
        var type = device.floatType();
        var storage = device.allocate(shape.size() * type.bytes());
        storages.add(storage);
        var b = Buf.dense(storage, type, shape);
        var values = new double[Math.toIntExact(shape.size())];
        Arrays.setAll(values, i -> Float.intBitsToFloat(
                Float.floatToRawIntBits((float) random.nextGaussian()) & 0xffff0000));
        device.upload(values, b);
        return b;
    }

    /** ||b - a|| / ||a|| over the finite elements of a; infinite ones must be the same. */
    static double distance(double[] a, double[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            if (Double.isFinite(a[i])) {
                difference += (b[i] - a[i]) * (b[i] - a[i]);
                norm += a[i] * a[i];
            } else {
                assertEquals(a[i], b[i]);
            }
        }
        return Math.sqrt(difference / Math.max(norm, Double.MIN_NORMAL));
    }
}
