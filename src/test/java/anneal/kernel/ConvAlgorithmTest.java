package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.ConvSpec.Mode;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import org.junit.jupiter.api.Test;

/** The choice of {@code --conv}: by name, by device, and what it makes of a shape. */
class ConvAlgorithmTest {

    private static String chosen(ConvAlgorithm algorithm, int extent, int channels, int stride) {
        try (var device = Devices.open("cpu", DeviceOptions.threads(1).with(algorithm))) {
            return device.kernels().plan(new ConvSpec(Mode.FORWARD, 1, extent, extent, channels, channels, 3, 3, stride,
                    1)).algorithm();
        }
    }

    @Test
    void theTileFollowsFromTheShapeAndTheChoice() {
        assertEquals("winograd f2", chosen(ConvAlgorithm.AUTO, 32, 128, 1));
        assertEquals("winograd f4", chosen(ConvAlgorithm.FAST, 32, 128, 1));
        assertEquals("winograd f2", chosen(ConvAlgorithm.FAST, 8, 128, 1));
        assertEquals("direct", chosen(ConvAlgorithm.DIRECT, 32, 128, 1));
        assertEquals("direct", chosen(ConvAlgorithm.F4, 32, 128, 2));
        assertTrue(chosen(ConvAlgorithm.F2, 4, 16, 1).equals("winograd f2"));
    }

    @Test
    void aDeviceSaysWhatItIsSetTo() {
        try (var device = Devices.open("cpu", DeviceOptions.threads(1).with(ConvAlgorithm.FAST))) {
            assertTrue(device.toString().endsWith("convolution fast"), device.toString());
        }
    }

    @Test
    void whatIsNoChoiceIsRefused() {
        assertEquals(ConvAlgorithm.FAST, ConvAlgorithm.of("FAST"));
        var e = assertThrows(IllegalArgumentException.class, () -> ConvAlgorithm.of("quick"));
        assertEquals("convolution 'quick': use one of auto, direct, f2, f4, fast", e.getMessage());
        var other = DeviceOptions.DEFAULT.with(ConvAlgorithm.F4);
        e = assertThrows(IllegalArgumentException.class, () -> Devices.open("reference", other));
        assertEquals("device 'reference' convolves in one way only; cpu has several", e.getMessage());
    }
}
