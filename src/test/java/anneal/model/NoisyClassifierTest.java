package anneal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.nn.ParameterArena;
import anneal.tensor.Devices;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoisyClassifierTest {
    @ParameterizedTest
    @EnumSource
    void featuresAreWhatTheLastLayerSees(Pooling pool) {
        var trunk = TinyModels.trunk().numHeadChannels(16).build();
        var classifier = new ClassifierConfig(trunk, 5, pool).build();
        try (var device = Devices.open("cpu"); var arena = ParameterArena.forInference(device, classifier);
                var scope = device.scope()) {
            TinyModels.randomise(arena, 3);
            var x = TinyModels.random(device, 4, 2, 4, 4, 1);
            var t = device.ofInts(new int[] {3, 700}, 2);
            var features = classifier.features(x, t);
            int width = pool == Pooling.SPATIAL || pool == Pooling.SPATIAL_V2 ? 2048 : 32;
            assertEquals(2, features.rank());
            assertEquals(width, features.dim(1));
            assertArrayEquals(classifier.forward(x, t).toFloats(), classifier.classify(features).toFloats());
            var values = features.toFloats();
            assertTrue(!Arrays.equals(Arrays.copyOf(values, width), Arrays.copyOfRange(values, width, 2 * width)),
                    "two images have the same features");
        }
    }
}
