package anneal.diffusion.cold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.Device;
import anneal.tensor.Resize;
import anneal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.function.Executable;

/** What the tests of this package share. */
final class Lab {
    private Lab() {
    }

    /** Images in -1..1. */
    static Tensor images(Device device, long seed, int... dims) {
        int size = 1;
        for (int d : dims) {
            size *= d;
        }
        return device.of(new Random(seed).doubles(size, -1, 1).toArray(), dims);
    }

    /** One of each kind, for three images of 16x16 pixels in colour. */
    static SequencedMap<String, Degradation> degradations(Device device) {
        var all = new LinkedHashMap<String, Degradation>();
        for (var routine : BlurSchedule.Routine.values()) {
            all.put("blur " + routine, Blur.of(device, new BlurSchedule(routine, 5, 0.4, 6), 16, false));
        }
        var constant = new BlurSchedule(BlurSchedule.Routine.CONSTANT, 11, 7, 4);
        all.put("blur discrete", Blur.of(device, constant, 16, true));
        all.put("blur in 8 bits", new EightBit(Blur.of(device, constant, 16, true)));
        all.put("blur by single kernels", Blur.ofSingleKernels(device, constant, 16));
        var masks = new FadeSchedule(0.2, 1, 7, false);
        all.put("fade", new Fade(device, masks, 16));
        all.put("fade constant", new Fade(device, new FadeSchedule(2, 0, 7, true), 16));
        all.put("random fade", new RandomFade(device, masks, 16).at(new int[] {0, 16, 5}, new int[] {3, 9, 16}));
        all.put("naive fade", new NaiveFade(device, 0.1, false, 5));
        all.put("spiral", new SpiralFade(device, 16, 9).toGrey());
        all.put("spiral to a colour", new SpiralFade(device, 16, 9).to(images(device, 3, 3, 3)));
        all.put("colour fade", new ColourFade(device, masks, 16, false).towards(images(device, 4, 3, 1, 1, 3)));
        all.put("colour fade reversed", new ColourFade(device, masks, 16, true).towards(images(device, 4, 3, 1, 1, 3)));
        all.put("pixelate", new Pixelate(device, new ResolutionSchedule(Resize.Method.BICUBIC, false, true, 5), 16));
        all.put("pixelate by 2", new Pixelate(device, new ResolutionSchedule(Resize.Method.AREA, true, false, 4), 16));
        var severity = SnowSeverity.of(3);
        all.put("snow", new Snow(device, severity, 16, 5, false)
                .falling(SnowFlakes.draw(severity, 16, 5, 1, 2, 3)));
        all.put("desaturation", new Desaturation(device, new DesaturationSchedule(true, 0, true, 5), false));
        all.put("desaturation in Lab", new Desaturation(device, new DesaturationSchedule(false, 0.8, false, 5), true));
        all.put("blend", Blend.cosine(device, 8).towards(images(device, 5, 3, 16, 16, 3)));
        return all;
    }

    static void close(Tensor expected, Tensor actual, double relative, String what) {
        assertEquals(expected.shape(), actual.shape(), what);
        close(expected.toDoubles(), actual.toDoubles(), relative, what);
    }

    /** ||actual - expected|| / ||expected||. */
    static void close(double[] expected, double[] actual, double relative, String what) {
        double ratio = distance(expected, actual);
        assertTrue(ratio <= relative, what + ": relative error " + ratio + " over " + relative);
    }

    static double distance(double[] expected, double[] actual) {
        assertEquals(expected.length, actual.length);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(error / Math.max(norm, 1e-300));
    }

    static void assertRefused(String part, Executable code) {
        var message = assertThrows(IllegalArgumentException.class, code).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }
}
