package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnconditionalTest {
    @TempDir
    private Path folder;

    @Test
    void aModelInItsUnconditionalModeIsGuidedByTheClassifierAlone() throws IOException {
        try (var device = Devices.open("cpu");
                var opened = DiffusionModel.open(SmallModels.unet(folder.resolve("u"), 1), device);
                var guide = ImageClassifier.open(SmallModels.classifier(folder.resolve("c"), 2), device)) {
            var plain = SampleRequest.of(4, 9).withSampler("ddim", 5, 0);
            var labelled = plain.withLabels(List.of(0, 1, 2));
            var nothing = opened.sampler().sample(plain).pixels();
            var unconditional = new ImageSampler(device, opened.model().unconditional(), guide.network());
            assertArrayEquals(nothing, unconditional.sample(plain).pixels());
            assertArrayEquals(nothing, unconditional.sample(labelled).pixels(), "labels alone must not reach the network");
            var guided = unconditional.sample(labelled.withGuidance(3, 0)).pixels();
            assertFalse(Arrays.equals(nothing, guided), "guidance changes nothing");
            assertFalse(Arrays.equals(guided, opened.sampler(guide)
                    .sample(labelled.withGuidance(3, 0)).pixels()), "the conditional model must differ");
            var alone = new ImageSampler(device, opened.model().unconditional());
            var e = assertThrows(IllegalArgumentException.class, () -> alone.sample(labelled));
            assertTrue(e.getMessage().contains("no classifier was given"), e.getMessage());
        }
    }
}
