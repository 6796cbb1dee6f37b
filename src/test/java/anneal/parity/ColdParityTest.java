package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Degradations, ways back, losses and training of Cold Diffusion against a part of its authors' numbers. */
class ColdParityTest {
    @TestFactory
    Stream<DynamicContainer> everyCasePasses() throws Exception {
        var manifest = Manifest.read(Path.of(ColdParityTest.class.getResource("/fixtures/cold_processes").toURI()));
        var kinds = manifest.cases().stream().map(Manifest.Case::kind).distinct().toList();
        assertTrue(kinds.size() == 21, "kinds are missing, there are only " + kinds);
        return Stream.of("reference", "cpu").map(device -> DynamicContainer.dynamicContainer(device, kinds.stream()
                .map(kind -> DynamicTest.dynamicTest(kind, () -> ParityTest.check(manifest, device, kind)))));
    }
}
