package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Networks, checkpoints, mixtures, metrics and pictures of Cold Diffusion against a part of its authors' numbers. */
class ColdNetworksParityTest {
    private static final Set<String> KINDS = Set.of("unet_convnext", "checkpoint", "gmm", "metrics_image",
            "metrics_frechet", "dataset_transform", "save_image");

    @TestFactory
    Stream<DynamicContainer> everyCasePasses() throws Exception {
        var folder = ColdNetworksParityTest.class.getResource("/fixtures/cold_networks");
        var manifest = Manifest.read(Path.of(folder.toURI()));
        assertEquals(KINDS, manifest.cases().stream().map(Manifest.Case::kind).collect(Collectors.toSet()));
        return Stream.of("reference", "cpu").map(device -> DynamicContainer.dynamicContainer(device, KINDS.stream()
                .sorted().map(kind -> DynamicTest.dynamicTest(kind, () -> ParityTest.check(manifest, device, kind)))));
    }
}
