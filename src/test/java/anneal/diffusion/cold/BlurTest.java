package anneal.diffusion.cold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.tensor.Device;
import anneal.tensor.Devices;
import anneal.tensor.Resize;
import anneal.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The matrices that stand for many steps at once against the steps themselves. */
class BlurTest {
    /** Reads a pixel of a padded image. */
    private interface Edge {
        int inside(int at, int size);
    }

    private static double[] convolve(double[] x, int size, int channels, double[] taps, Edge edge) {
        var y = new double[x.length];
        int half = taps.length / 2;
        for (int r = 0; r < size; r++) {
            for (int c = 0; c < size; c++) {
                for (int i = 0; i < taps.length; i++) {
                    for (int j = 0; j < taps.length; j++) {
                        int from = edge.inside(r + i - half, size) * size + edge.inside(c + j - half, size);
                        for (int k = 0; k < channels; k++) {
                            y[(r * size + c) * channels + k] += taps[i] * taps[j] * x[from * channels + k];
                        }
                    }
                }
            }
        }
        return y;
    }

    private static void check(Device device, BlurSchedule schedule, Edge edge) {
        int size = 13;
        var x = Lab.images(device, 1, 1, size, size, 2);
        var d = Blur.of(device, schedule, size, false);
        var y = x.toDoubles();
        for (int s = 1; s <= schedule.steps(); s++) {
            y = convolve(y, size, 2, schedule.taps(s - 1), edge);
            Lab.close(y, at(d, x, s).toDoubles(), 1e-14, schedule + " at " + s);
        }
    }

    private static Tensor at(Degradation d, Tensor x, int s) {
        return d.degrade(x, Levels.same(x.device(), d, s, x.dim(0)));
    }

    @Test
    void aLevelIsItsConvolutionsOneAfterTheOther() {
        Edge circular = Math::floorMod;
        Edge reflect = (at, size) -> at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
        try (var device = Devices.open("reference")) {
            check(device, new BlurSchedule(BlurSchedule.Routine.EXPONENTIAL, 9, 0.2, 4), circular);
            check(device, new BlurSchedule(BlurSchedule.Routine.INDIVIDUAL_INCREMENTAL, 0, 0, 5), circular);
            check(device, new BlurSchedule(BlurSchedule.Routine.CONSTANT_REFLECT, 7, 1.5, 3), reflect);
        }
    }

    @Test
    void theLastDiscreteLevelIsTheMean() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 2, 8, 8, 3);
            var d = Blur.of(device, new BlurSchedule(BlurSchedule.Routine.CONSTANT, 3, 1, 4), 8, true);
            Lab.close(x.mean(true, 1, 2).add(device.zeros(x.shape())), at(d, x, 4), 1e-14, "mean");
        }
    }

    @Test
    void truncationIsTowardsZeroInGreyLevels() {
        for (var name : new String[] {"reference", "cpu"}) {
            try (var device = Devices.open(name)) {
                var x = device.of(new double[] {-1, 1, 0, 0.9999, -0.9999, 2.0 * 77.5 / 255 - 1}, 1, 1, 6, 1);
                var levels = new double[] {0, 255, 127, 254, 0, 77};
                var expected = new double[levels.length];
                Arrays.setAll(expected, i -> levels[i] / 255 * 2 - 1);
                assertArrayEquals(expected, EightBit.truncate(x).toDoubles(), 1e-6);
            }
        }
    }

    @Test
    void pixelsOfAFactorOfTwoAreTheMeansOfSquares() {
        try (var device = Devices.open("reference")) {
            var x = Lab.images(device, 1, 1, 8, 8, 1);
            var d = new Pixelate(device, new ResolutionSchedule(Resize.Method.AREA, true, false, 3), 8);
            var y = at(d, x, 2).toDoubles();
            double mean = 0;
            for (int i = 0; i < 16; i++) {
                mean += x.toDoubles()[i / 4 * 8 + i % 4] / 16;
            }
            for (int i = 0; i < 16; i++) {
                assertEquals(mean, y[i / 4 * 8 + i % 4], 1e-15);
            }
        }
    }
}
