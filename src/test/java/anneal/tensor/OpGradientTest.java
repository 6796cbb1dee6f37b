package anneal.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import anneal.tensor.OpCases.Case;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation's backward against central differences of its forward, in float64 on the reference device. */
class OpGradientTest {
    private static final double STEP = 1e-5;

    static List<Case> cases() {
        return OpCases.all();
    }

    @Test
    void everyOperationHasACase() {
        Set<Class<?>> covered = OpCases.all().stream().map(Case::op).collect(Collectors.toSet());
        Set<Class<?>> all = Set.of(Op.class.getPermittedSubclasses());
        assertEquals(all, covered);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void backwardIsTheDerivativeOfForward(Case c) {
        try (Device device = new Device(new ReferenceBackend())) {
            double[][] inputs = OpValues.inputs(c, 1);
            OpValues at = OpValues.of(device, c, inputs);
            Random random = new Random(2);
            for (int i = 0; i < inputs.length; i++) {
                double[] direction = random.doubles(inputs[i].length, -1, 1).toArray();
                double numeric = (along(device, c, inputs, i, direction, STEP)
                        - along(device, c, inputs, i, direction, -STEP)) / (2 * STEP);
                double exact = dot(at.gradients()[i], direction);
                double scale = Math.max(1, norm(at.gradients()[i]));
                assertTrue(Math.abs(numeric - exact) <= 2e-7 * scale,
                        () -> c + ": " + numeric + " by differences, " + exact + " by backward");
            }
        }
    }

    /** The seeded scalar with input {@code i} moved by {@code step} along a direction. */
    private static double along(Device device, Case c, double[][] inputs, int i, double[] direction, double step) {
        double[][] moved = inputs.clone();
        moved[i] = inputs[i].clone();
        for (int k = 0; k < moved[i].length; k++) {
            moved[i][k] += step * direction[k];
        }
        try (Scope scope = device.scope()) {
            Tensor[] x = OpValues.tensors(device, c, moved);
            Tensor y = c.f().apply(x);
            return dot(y.toDoubles(), OpValues.seed(y.shape()));
        }
    }

    static double dot(double[] a, double[] b) {
        double s = 0;
        for (int i = 0; i < a.length; i++) {
            s += a[i] * b[i];
        }
        return s;
    }

    static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    @Test
    void gradientOfWhatHasNoPathIsZero() {
        try (Device device = new Device(new ReferenceBackend()); Tape tape = device.tape()) {
            Tensor a = device.full(2, Shape.of(3));
            Tensor b = device.full(3, Shape.of(2));
            tape.watch(a, b);
            Tensor[] g = tape.gradient(a.square().sum(), a, b);
            assertEquals(List.of(4.0, 4.0, 4.0), Arrays.stream(g[0].toDoubles()).boxed().toList());
            assertEquals(List.of(0.0, 0.0), Arrays.stream(g[1].toDoubles()).boxed().toList());
        }
    }

    @Test
    void nothingLivesOnWhenTapeAndScopeAreClosed() {
        try (Device device = new Device(new ReferenceBackend())) {
            for (Case c : OpCases.all()) {
                double[][] inputs = OpValues.inputs(c, 1);
                OpValues.of(device, c, inputs);   // makes the constants that the device keeps
                long before = device.memory().liveBytes();
                OpValues.of(device, c, inputs);
                assertEquals(before, device.memory().liveBytes(), c.name());
            }
        }
    }
}
