package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import anneal.kernel.reference.ReferenceBackend;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

/** The comparison finds what it is there to find. */
class KernelComparisonSelfTest {
    private static final KernelCase CASE = new KernelCase("map", 1,
            lab -> lab.kernels().map(MapOp.of(MapOp.Fn.AFFINE, 2, 0), lab.output(3, 5), lab.input(3, 5)));

    /** What a faulty device does after the true call. */
    private interface Fault {
        void after(Backend device, Buf out);
    }

    /** The reference with a fault in map. */
    private static Backend faulty(Backend device, Fault fault) {
        var kernels = Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class},
                (proxy, method, arguments) -> {
                    var result = method.invoke(device.kernels(), arguments);
                    fault.after(device, (Buf) arguments[1]);
                    return result;
                });
        return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
                (proxy, method, arguments) ->
                        method.getName().equals("kernels") ? kernels : method.invoke(device, arguments));
    }

    private static void compareWith(Fault fault) {
        try (var reference = new ReferenceBackend(); var device = new ReferenceBackend()) {
            KernelComparison.compare(CASE, Lab.Mode.FUSED, reference, faulty(device, fault));
        }
    }

    @Test
    void acceptsTheTruth() {
        assertDoesNotThrow(() -> compareWith((device, out) -> { }));
    }

    @Test
    void findsOneWrongElement() {
        assertThrows(AssertionError.class, () -> compareWith((device, out) -> {
            double value = HostTransfer.get(out, out.offset() + 2);
            HostTransfer.put(out, out.offset() + 2, value + 1e-12);
        }));
    }

    @Test
    void findsAnElementThatWasNotWritten() {
        assertThrows(AssertionError.class, () -> compareWith((device, out) ->
                HostTransfer.put(out, out.offset() + 4, Double.NaN)));
    }

    @Test
    void findsAStrayWriteBesideTheResult() {
        try (var device = new ReferenceBackend(); var lab = new Lab(device, Lab.Mode.FUSED, DType.F64, 1)) {
            Buf out;
            do {
                out = lab.output(2, 3);
            } while (out.offset() == 0);
            assertDoesNotThrow(lab::checkSurroundings);
            HostTransfer.put(out, out.offset() - 1, 1);
            assertThrows(AssertionError.class, lab::checkSurroundings);
        }
    }

    @Test
    void findsAStorageLeftOver() {
        assertThrows(AssertionError.class, () -> compareWith((device, out) -> device.allocate(8)));
    }
}
