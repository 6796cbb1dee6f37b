package anneal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import anneal.nn.Module;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Cold Diffusion's two networks, beyond what their fixtures show. */
class RestorationNetworksTest {
    private static final ConvNextUNetConfig CONVNEXT = new ConvNextUNetConfig(3, 4, List.of(1, 2, 2));
    private static final ResNetUNetConfig RESNET = new ResNetUNetConfig(8, 3, 32, List.of(1, 1), 1, List.of(4), 0.5);

    private final Device device = new Device(new ReferenceBackend(true));

    @AfterEach
    void close() {
        device.close();
    }

    private interface Check {
        void run(ImageNetwork network);
    }

    private void with(ModelConfig config, Check check) {
        long before = device.memory().liveBytes();
        Module module = config.build();
        try (var arena = ParameterArena.forInference(device, module); var scope = device.scope()) {
            TinyModels.randomise(arena, 5);
            check.run((ImageNetwork) module);
        }
        assertEquals(before, device.memory().liveBytes());
    }

    private static double distance(Tensor a, Tensor b) {
        return a.sub(b).abs().sum().item();
    }

    private Tensor images(int n, int h, int w) {
        var random = new Random(3);
        return device.of(random.doubles((long) n * h * w * 3).toArray(), n, h, w, 3);
    }

    private Tensor times(int... t) {
        return device.ofInts(t, t.length);
    }

    @Test
    void imagesKeepTheirShapeAndDoNotSeeTheirNeighbours() {
        for (ModelConfig config : List.of(CONVNEXT, RESNET)) {
            with(config, network -> {
                var x = images(3, 8, 12);
                var all = network.forward(x, times(4, 9, 4));
                assertEquals(Shape.of(3, 8, 12, 3), all.shape());
                var one = network.forward(x.slice(0, 1, 2), times(9));
                assertArrayEquals(all.slice(0, 1, 2).toDoubles(), one.toDoubles(), 1e-12);
            });
        }
    }

    @Test
    void theTimeMatters() {
        // with one channel in each group of a norm, what is added to all of its pixels would be taken out again
        var wide = new ResNetUNetConfig(8, 3, 64, List.of(1, 1), 1, List.of(4), 0);
        for (ModelConfig config : List.of(CONVNEXT, wide)) {
            with(config, network -> {
                var x = images(1, 8, 8);
                assertTrue(distance(network.forward(x, times(1)), network.forward(x, times(20))) > 1e-9);
            });
        }
    }

    @Test
    void withoutATimeEmbeddingNoneIsNeeded() {
        with(new ConvNextUNetConfig(3, 5, List.of(1, 2), false, false, false),
                network -> assertEquals(Shape.of(2, 4, 4, 3), network.forward(images(2, 4, 4), null).shape()));
        with(CONVNEXT, network -> {
            var x = images(1, 4, 4);
            assertThrows(IllegalArgumentException.class, () -> network.forward(x, null));
        });
    }

    /** The three forms of the result from the same weights; the residual wins, as in the original. */
    @Test
    void residualAndMeanScaleChangeTheResultAsTheySay() {
        with(CONVNEXT, plain -> {
            var x = images(2, 4, 4);
            var y = plain.forward(x, times(1, 2)).toDoubles();
            var input = x.toDoubles();
            with(variant(true, false), n -> assertAdded(y, input, n.forward(images(2, 4, 4), times(1, 2))));
            with(variant(true, true), n -> assertAdded(y, input, n.forward(images(2, 4, 4), times(1, 2))));
            with(variant(false, true), n -> {
                var scaled = n.forward(images(2, 4, 4), times(1, 2)).toDoubles();
                for (int image = 0; image < 2; image++) {
                    double shift = mean(y, image) - mean(input, image);
                    for (int i = 48 * image; i < 48 * image + 48; i++) {
                        assertEquals(y[i] + shift, scaled[i], 1e-12);
                    }
                }
            });
        });
    }

    private static ConvNextUNetConfig variant(boolean residual, boolean meanScale) {
        return new ConvNextUNetConfig(3, 4, CONVNEXT.dimMults(), true, residual, meanScale);
    }

    private static void assertAdded(double[] y, double[] x, Tensor got) {
        var sum = y.clone();
        Arrays.setAll(sum, i -> y[i] + x[i]);
        assertArrayEquals(sum, got.toDoubles(), 1e-12);
    }

    private static double mean(double[] values, int image) {
        return Arrays.stream(values, 48 * image, 48 * image + 48).average().orElseThrow();
    }

    @Test
    void dropoutActsInTrainingOnly() {
        with(RESNET, network -> {
            var x = images(1, 8, 8);
            var off = network.forward(x, times(3)).toDoubles();
            network.dropout().train(7, times(0), times(1));
            assertTrue(Math.abs(off[5] - network.forward(x, times(3)).toDoubles()[5]) > 1e-6);
            network.dropout().evaluate();
            assertArrayEquals(off, network.forward(x, times(3)).toDoubles());
        });
    }

    @Test
    void partsCanBeObserved() {
        var module = CONVNEXT.build();
        try (var arena = ParameterArena.forInference(device, module); var scope = device.scope()) {
            TinyModels.randomise(arena, 5);
            var shapes = new ArrayList<Shape>();
            module.observe("downs.1.2", t -> shapes.add(t.shape()));
            module.observe("time_mlp.1", t -> shapes.add(t.shape()));
            module.forward(images(2, 8, 8), times(1, 2));
            assertEquals(List.of(Shape.of(2, 16), Shape.of(2, 4, 4, 8)), shapes);
            assertThrows(IllegalArgumentException.class, () -> module.observe("downs.9", t -> { }));
        }
    }

    /** The original's own counts of parameters. */
    @Test
    void thePublishedNetworksHaveTheirSize() {
        assertEquals(56_615_708, ConvNextUNetConfig.published(3).build().parameterCount());
        assertEquals(35_746_307, ResNetUNetConfig.published(32, 3).build().parameterCount());
    }

    @Test
    void refusalsAreOneLineThatSaysWhatIsWrong() {
        with(CONVNEXT, network -> {
            assertEquals("images of 6x8 for a UNet of 3 levels; multiples of 4 are needed",
                    refusal(() -> network.forward(images(1, 6, 8), times(1))));
            assertEquals("an input [1, 4, 4, 1] for a network of images [N, H, W, 3]",
                    refusal(() -> network.forward(images(1, 4, 4).slice(3, 0, 1), times(1))));
        });
        assertEquals("dim 5; with a time embedding an even number from 4 on is needed",
                refusal(() -> new ConvNextUNetConfig(1, 5, List.of(1))));
        assertTrue(refusal(() -> new ConvNextUNetConfig(1, 8, List.of(2, 4))).startsWith("dimMults [2, 4]; a list"));
        assertEquals("width 48; a positive multiple of 32 is needed",
                refusal(() -> new ResNetUNetConfig(32, 3, 48, List.of(1), 1, List.of(), 0)));
        assertEquals("imageSize 30 with 3 levels; a multiple of 4 is needed",
                refusal(() -> new ResNetUNetConfig(30, 3, 32, List.of(1, 1, 1), 1, List.of(), 0)));
    }

    private static String refusal(Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
