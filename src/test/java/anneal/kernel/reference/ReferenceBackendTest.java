package anneal.kernel.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Shape;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {
    @Test
    void countsLivePeakAndHeldMemory() {
        try (var device = new ReferenceBackend()) {
            var a = device.allocate(64);
            var b = device.allocate(65);
            assertEquals(192, device.memory().liveBytes());
            a.release();
            b.release();
            assertEquals(0, device.memory().liveBytes());
            assertEquals(0, device.memory().liveStorages());
            assertEquals(192, device.memory().peakBytes());
            device.allocate(100);
            assertEquals(192, device.memory().heldBytes());
        }
    }

    @Test
    void poisonMakesFreshAndReusedMemoryNotANumber() {
        try (var device = new ReferenceBackend(true)) {
            var storage = device.allocate(4 * 8);
            var buf = Buf.dense(storage, DType.F64, Shape.of(4));
            assertTrue(Double.isNaN(device.downloadDoubles(buf)[3]));
            device.upload(new double[] {1, 2, 3, 4}, buf);
            storage.release();
            var again = Buf.dense(device.allocate(4 * 8), DType.F64, Shape.of(4));
            assertTrue(Double.isNaN(device.downloadDoubles(again)[0]));
            var integers = new Buf(again.storage(), 0, DType.I32, Shape.of(2), 2);
            assertArrayEquals(new double[] {-1, -1}, device.downloadDoubles(integers));
        }
    }

    @Test
    void usingReleasedMemoryOrAClosedDeviceThrows() {
        var device = new ReferenceBackend();
        var storage = device.allocate(8);
        var buf = Buf.dense(storage, DType.F64, Shape.of(1));
        storage.release();
        assertThrows(IllegalStateException.class, () -> device.downloadDoubles(buf));
        var kept = Buf.dense(device.allocate(8), DType.F64, Shape.of(1));
        device.close();
        assertThrows(IllegalStateException.class, () -> device.allocate(8));
        assertThrows(IllegalStateException.class, () -> device.downloadDoubles(kept));
    }

    @Test
    void twoDevicesDoNotShareMemory() {
        try (var one = new ReferenceBackend(); var two = new ReferenceBackend()) {
            one.allocate(1000);
            assertEquals(0, two.memory().liveBytes());
        }
    }

    @Test
    void transfersConvertBetweenAllTypesThroughPitchedViews() {
        try (var device = new ReferenceBackend()) {
            var storage = device.allocate(1024);
            for (var type : DType.values()) {
                var view = new Buf(storage, 3, type, Shape.of(2, 3), 5);
                device.upload(new double[] {1, -2, 3, 4, 5, -6}, view);
                assertArrayEquals(new double[] {1, -2, 3, 4, 5, -6}, device.downloadDoubles(view));
                assertArrayEquals(new float[] {1, -2, 3, 4, 5, -6}, device.downloadFloats(view));
                device.upload(new float[] {6, 5, 4, 3, 2, 1}, view);
                device.upload(new int[] {7, 8}, view.slab(1, 2).columns(1, 3));
                assertArrayEquals(new double[] {6, 5, 4, 3, 7, 8}, device.downloadDoubles(view));
                assertThrows(IllegalArgumentException.class, () -> device.upload(new double[5], view));
            }
        }
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        try (var device = new ReferenceBackend()) {
            var buf = Buf.dense(device.allocate(64), DType.BF16, Shape.of(5));
            device.upload(new double[] {1 + 0x1p-8, 1 + 0x3p-8, 1 + 0x1.8p-8, Double.NaN, -1e300}, buf);
            assertArrayEquals(new double[] {1, 1 + 0x1p-6, 1 + 0x1p-7, Double.NaN, Double.NEGATIVE_INFINITY},
                    device.downloadDoubles(buf));
        }
    }
}
