package anneal.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.CopySpec;
import anneal.kernel.DType;
import anneal.kernel.KernelCheck;
import anneal.kernel.Precision;
import anneal.kernel.Shape;
import anneal.kernel.cuda.driver.HostDriver;
import anneal.kernel.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * No kernel is shipped that no test launches. The large tiles and attention on tensor cores are compared with the
 * reference here; then all cases of the comparisons ({@link SimKernelTest} and its like) are run once more, only to see
 * what they launch.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EveryKernelTest {
    private final Map<Precision, CudaBackend> devices = new EnumMap<>(Precision.class);
    private Backend reference;

    @BeforeAll
    void openDevices() {
        HostDriver.unavailable().ifPresent(reason -> Assumptions.abort("no sim device here: it " + reason));
        for (var precision : Precision.values()) {
            devices.put(precision, CudaBackend.sim(new CudaOptions(0, true, precision)));
        }
        reference = new ReferenceBackend();
    }

    @AfterAll
    void closeDevices() {
        devices.values().forEach(CudaBackend::close);
        if (reference != null) {
            reference.close();
        }
    }

    @TestFactory
    @Order(1)
    Stream<DynamicTest> tilesAgreeWithReference() {
        return KernelCheck.tiles().stream().flatMap(run -> devices.entrySet().stream().map(d -> DynamicTest.dynamicTest(
                run.name() + " " + d.getKey(), () -> run.compare(d.getValue(), reference, epsilon(d.getKey())))));
    }

    /** As in the comparison of all cases in this precision. */
    private static double epsilon(Precision precision) {
        return switch (precision) {
            case FP32 -> 0x1p-24;
            case TF32 -> 0x1p-11;
            case BF16 -> 0x1p-9;
        };
    }

    /** Between any two types, whatever the device computes in; whole numbers up to 255 are exact in all. */
    @TestFactory
    @Order(1)
    Stream<DynamicTest> castsAndFills() {
        return Stream.of(DType.values()).flatMap(from -> Stream.of(DType.values()).map(to -> DynamicTest.dynamicTest(
                from + " to " + to, () -> cast(devices.get(Precision.BF16), from, to))));
    }

    private static void cast(CudaBackend device, DType from, DType to) {
        int n = 37;
        var source = device.allocate((long) n * from.bytes());
        var target = device.allocate((long) n * to.bytes());
        var x = Buf.dense(source, from, Shape.of(n));
        var y = Buf.dense(target, to, Shape.of(n));
        var values = IntStream.range(0, n).mapToDouble(i -> 7 * i - 100).toArray();
        device.upload(values, x);
        device.kernels().copy(new CopySpec(new int[] {n}, 0, new long[] {1}, 0, new long[] {1}, false), x, y);
        assertArrayEquals(values, device.downloadDoubles(y));
        device.kernels().fill(y, -3);
        assertArrayEquals(DoubleStream.generate(() -> -3).limit(n).toArray(), device.downloadDoubles(y));
        source.release();
        target.release();
    }

    @Test
    @Order(2)
    void everyKernelOfTheLibraryIsLaunched() {
        var missing = new TreeSet<>(HostDriver.kernels());
        // no operation uses these: the first are instrumented builds' mistakes, FragmentLayoutsTest and LadderTest launch
        // the others
        missing.removeIf(name -> name.startsWith("planted_") || name.startsWith("fragments_")
                || name.startsWith("ladder_"));
        forgetLaunched(missing);
        for (var run : KernelCheck.runs()) {
            if (missing.isEmpty()) {
                break;
            }
            devices.values().forEach(run::on);
            forgetLaunched(missing);
        }
        assertEquals(List.of(), new ArrayList<>(missing), "kernels that no case launches");
    }

    private void forgetLaunched(TreeSet<String> missing) {
        devices.values().forEach(device -> device.launches().forEach((name, count) -> {
            if (count > 0) {
                missing.remove(name);
            }
        }));
    }
}
