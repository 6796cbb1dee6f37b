package anneal.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Lowering;
import anneal.kernel.cpu.CpuBackend;
import anneal.tensor.OpCases.Case;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation, forward and backward: the cpu device against the float64 reference, fused against lowered. */
class OpDeviceTest {
    private static final double TOLERANCE = 2e-6;

    static List<Case> cases() {
        return OpCases.all();
    }

    private static Map<String, Device> devicesUnderTest() {
        Map<String, Device> out = new TreeMap<>();
        out.put("cpu", Devices.open("cpu", new DeviceOptions(2, true, false)));
        out.put("cpu scalar", Devices.open("cpu", new DeviceOptions(2, true, true)));
        CpuBackend backend = new CpuBackend();
        out.put("cpu lowered", new Device(backend, new Lowering(backend, true)));
        return out;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReference(Case c) {
        double[][] inputs = OpValues.inputs(c, 3);
        OpValues expected;
        try (Device reference = Devices.open("reference", new DeviceOptions(1, true, false))) {
            expected = OpValues.of(reference, c, inputs);
        }
        devicesUnderTest().forEach((name, device) -> {
            try (device) {
                OpValues actual = OpValues.of(device, c, inputs);
                close(c + " on " + name, expected.result(), actual.result());
                for (int i = 0; i < inputs.length; i++) {
                    close(c + " on " + name + ", gradient " + i, expected.gradients()[i], actual.gradients()[i]);
                }
            }
        });
    }

    private static void close(String what, double[] expected, double[] actual) {
        double[] difference = new double[expected.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = actual[i] - expected[i];
        }
        double error = OpGradientTest.norm(difference);
        double bar = TOLERANCE * Math.max(OpGradientTest.norm(expected), 0.1);
        assertTrue(error <= bar, () -> what + ": error " + error + " against " + bar);
    }

    @Test
    void sameBitsForAnyNumberOfThreads() {
        for (Case c : OpCases.all()) {
            double[][] inputs = OpValues.inputs(c, 4);
            OpValues one = onThreads(c, inputs, 1);
            for (int threads : new int[] {2, 5}) {
                OpValues many = onThreads(c, inputs, threads);
                assertArrayEquals(one.result(), many.result(), c + " on " + threads + " threads");
                for (int i = 0; i < inputs.length; i++) {
                    assertArrayEquals(one.gradients()[i], many.gradients()[i], c + ", gradient " + i);
                }
            }
        }
    }

    private static OpValues onThreads(Case c, double[][] inputs, int threads) {
        try (Device device = Devices.open("cpu", DeviceOptions.threads(threads))) {
            return OpValues.of(device, c, inputs);
        }
    }
}
