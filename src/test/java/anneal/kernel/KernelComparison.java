package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import anneal.kernel.reference.ReferenceBackend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Compares a device with the reference over all {@link KernelCases}, with what it fuses and with everything lowered. A
 * device's test extends this and says how to open one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class KernelComparison {
    /** Every so many cases are compared; more than 1 where a tool makes each a hundred times slower. */
    private static final int EVERY = Integer.getInteger("anneal.test.every", 1);

    private Backend device;
    private Backend reference;

    /** A fresh device, with freed memory poisoned where it can do that. */
    protected abstract Backend open();

    /** The relative spacing of the device's numbers, which tolerances are counted in. */
    protected double epsilon() {
        return epsilon(device);
    }

    @BeforeAll
    void openDevices() {
        device = open();
        reference = new ReferenceBackend(true);
    }

    @AfterAll
    void closeDevices() {
        if (device != null) {
            device.close();
            reference.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> fusedAgreesWithReference() {
        return tests(KernelCases.all(), Lab.Mode.FUSED);
    }

    @TestFactory
    Stream<DynamicTest> loweredAgreesWithReference() {
        return tests(Stream.of(ConvCases.all(), DepthwiseCases.all(), GemmCases.all(), NormCases.all())
                .flatMap(List::stream).toList(), Lab.Mode.LOWERED);
    }

    private Stream<DynamicTest> tests(List<KernelCase> cases, Lab.Mode mode) {
        return IntStream.range(0, cases.size()).filter(i -> i % EVERY == 0).mapToObj(cases::get)
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> compare(c, mode)));
    }

    @TestFactory
    Stream<DynamicTest> functionsAtTheirEdges() {
        return Arrays.stream(MapOp.Fn.values()).filter(fn -> fn.arity() == 1)
                .map(fn -> DynamicTest.dynamicTest(fn.name(),
                        () -> PointwiseEdges.compare(fn, device, epsilon())));
    }

    /** Adding a primitive without a case for it fails here; adding a function does not compile. */
    @Test
    void everyPrimitiveHasACase() {
        var called = new HashSet<String>();
        var kernels = watching(Kernels.class, reference.kernels(), called::add, null);
        var recorder = watching(Backend.class, reference, name -> { }, kernels);
        KernelCases.all().forEach(c -> KernelRuns.run(c, recorder, Lab.Mode.FUSED, device.floatType()));
        var all = Arrays.stream(Kernels.class.getMethods()).map(Method::getName).collect(Collectors.toSet());
        assertEquals(all, called);
    }

    /** {@code target} behind an observer; its method kernels() gives {@code kernels} instead of its own. */
    private static <T> T watching(Class<T> type, T target, Consumer<String> observer, Kernels kernels) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            observer.accept(method.getName());
            return method.getName().equals("kernels") ? kernels : method.invoke(target, arguments);
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private void compare(KernelCase c, Lab.Mode mode) {
        compare(c, mode, reference, device, epsilon());
    }

    /** Throws AssertionError when the two devices differ, or when {@code device} keeps or overwrites memory. */
    static void compare(KernelCase c, Lab.Mode mode, Backend reference, Backend device) {
        compare(c, mode, reference, device, epsilon(device));
    }

    static void compare(KernelCase c, Lab.Mode mode, Backend reference, Backend device, double epsilon) {
        var expected = KernelRuns.run(c, reference, mode, device.floatType());
        var actual = KernelRuns.run(c, device, mode, device.floatType());
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            compare("result " + i, expected.get(i), actual.get(i), c.tolerance(epsilon));
        }
        assertEquals(0, device.memory().liveStorages(), "storages left over");
    }

    /** ||actual - expected|| / ||expected||; whatever is not finite must be the same. */
    private static void compare(String what, double[] expected, double[] actual, double tolerance) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            if (!Double.isFinite(expected[i]) || !Double.isFinite(actual[i])) {
                assertEquals(expected[i], actual[i], what + ", element " + i);
                continue;
            }
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        double error = Math.sqrt(difference / Math.max(norm, Double.MIN_NORMAL));
        if (!(error <= tolerance)) {
            fail(what + " of " + expected.length + " elements: relative error " + error + ", allowed " + tolerance);
        }
    }

    private static double epsilon(Backend device) {
        return switch (device.floatType()) {
            case F64 -> 0x1p-53;
            case F32 -> 0x1p-24;
            case BF16 -> 0x1p-9;
            case I32 -> throw new IllegalStateException("a device of integers");
        };
    }
}
