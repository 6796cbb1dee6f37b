package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Activation;
import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Lowering;
import anneal.kernel.NormSpec;
import anneal.kernel.Plan;
import anneal.kernel.Precision;
import anneal.kernel.Prologue;
import anneal.kernel.Resample;
import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Normalisation at the edge of what a block's shared memory holds, and just beyond it, beside the reference. */
public class OnChipNormTest {
    private static final double EPS = 1e-5;

    /** Kept are height x width pixels of 32 bytes of channels, once forward, twice backward; 72 KiB are the most. */
    @ParameterizedTest
    @CsvSource({
        "FP32, 48, 48, 32, 4, on chip, 72 KiB",
        "FP32, 47, 49, 32, 4, on chip, nearly as much",
        "FP32, 49, 48, 32, 4, two passes, a row too many",
        "FP32, 32, 46, 24, 3, on chip, 46 KiB which with the kernel's own is more than the usual 48",
        "FP32, 32, 36, 32, 4, on chip, 72 KiB backward",
        "BF16, 32, 32, 384, 32, on chip, ADM-64's second level",
        "BF16, 64, 64, 192, 32, two passes, ADM-64's first level",
        "BF16, 24, 24, 100, 1, two passes, a group of many channels",
        "BF16, 7, 5, 6, 3, on chip, channels that are no multiple of four"})
    void resultAndGradientsAreTheReferences(Precision precision, int h, int w, int channels, int groups, String way,
                                            String why) {
        try (var device = TestedDevice.open(precision); var reference = new ReferenceBackend()) {
            var s = new NormSpec(2, h, w, channels, groups, EPS);
            assertEquals(way.equals("on chip"), device.kernels().plan(s).fuses().contains(Plan.Part.STATISTICS), why);
            var expected = run(reference, s, DType.F64, DType.F64);
            var actual = run(device, s, device.floatType(), DType.F32);
            double tolerance = precision == Precision.BF16 ? 0.02 : 2e-5;
            expected.forEach((name, values) -> {
                double error = TensorCoreAttentionTest.distance(values, actual.get(name));
                assertTrue(error <= tolerance, name + " of " + s + ": relative error " + error);
            });
        }
    }

    private static Map<String, double[]> run(Backend device, NormSpec s, DType images, DType numbers) {
        var random = new Random(5);
        var image = Shape.of(s.n(), s.h(), s.w(), s.channels());
        var x = normal(device, random, images, image, 3);
        var dy = normal(device, random, images, image, 0);
        var mean = empty(device, numbers, Shape.of(s.n(), s.groups()));
        var rstd = empty(device, numbers, Shape.of(s.n(), s.groups()));
        var perChannel = Shape.of(s.channels());
        var perSample = Shape.of(s.n(), s.channels());
        var p = new Prologue(mean, rstd, normal(device, random, numbers, perChannel, 1),
                normal(device, random, numbers, perChannel, 0), normal(device, random, numbers, perSample, 0),
                normal(device, random, numbers, perSample, 0), Activation.SILU, Resample.NONE);
        var y = empty(device, images, image);
        new Lowering(device).norm(p.measuring(s.eps()), x, y);
        var out = new TreeMap<String, Buf>(Map.of("y", y, "mean", mean, "rstd", rstd, "dx", empty(device, images, image),
                "dGamma", empty(device, numbers, perChannel), "dBeta", empty(device, numbers, perChannel),
                "dScale", empty(device, numbers, perSample), "dShift", empty(device, numbers, perSample)));
        device.kernels().normBackward(s, p, x, dy, out.get("dx"), 0, out.get("dGamma"), out.get("dBeta"), out.get("dScale"),
                out.get("dShift"));
        var values = new TreeMap<String, double[]>();
        out.forEach((name, b) -> values.put(name, device.downloadDoubles(b)));
        return values;
    }

    private static Buf empty(Backend device, DType type, Shape shape) {
        return Buf.dense(device.allocate(shape.size() * type.bytes()), type, shape);
    }

    /** Multiples of 1/16, which bfloat16 has near enough for both devices to begin with the same numbers. */
    private static Buf normal(Backend device, Random random, DType type, Shape shape, double mean) {
        var values = new double[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = mean + Math.rint(16 * random.nextGaussian()) / 16;
        }
        var b = empty(device, type, shape);
        device.upload(values, b);
        return b;
    }
}
