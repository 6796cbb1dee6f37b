package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.Device;
import anneal.tensor.Devices;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** This engine against the part of the reference fixtures that ships with the sources, on both devices. */
class ParityTest {
    /** What the engine has to have: a subset that lost a kind would prove too little. */
    private static final Set<String> KINDS = Set.of("op", "schedule", "space_timesteps", "spaced_diffusion",
            "timestep_embedding", "q_sample", "q_posterior", "unet", "encoder", "losses_fn", "training_loss",
            "training_loss_raw", "p_mean_variance", "vb_terms", "prior_bpd", "calc_bpd_loop", "sample", "adamw", "ema",
            "lr_anneal", "resampler", "train_steps");

    static Manifest embedded() throws IOException, URISyntaxException {
        return Manifest.read(Path.of(ParityTest.class.getResource("/fixtures/adm").toURI()));
    }

    @Test
    void theEmbeddedSetHasEveryKind() throws Exception {
        var missing = new TreeSet<>(KINDS);
        missing.removeAll(embedded().cases().stream().map(Manifest.Case::kind).collect(Collectors.toSet()));
        assertEquals(Set.of(), missing);
    }

    @TestFactory
    Stream<DynamicContainer> everyCasePasses() throws Exception {
        var manifest = embedded();
        return Stream.of("reference", "cpu").map(device -> DynamicContainer.dynamicContainer(device,
                kinds(manifest).stream()
                        .map(kind -> DynamicTest.dynamicTest(kind, () -> check(manifest, device, kind)))));
    }

    private static List<String> kinds(Manifest manifest) {
        return manifest.cases().stream().map(Manifest.Case::kind).distinct().toList();
    }

    static void check(Manifest manifest, String name, String kind) throws IOException {
        var cases = manifest.cases().stream().filter(c -> c.kind().equals(kind)).toList();
        try (Device device = Devices.open(name)) {
            long live = device.memory().liveBytes();
            var report = new ParityRun(device, manifest, name.equals("reference"), null).run(cases, r -> { });
            assertTrue(report.allPassed(), () -> report.results().stream()
                    .filter(r -> r.status() != CaseResult.Status.OK)
                    .map(r -> ParityReport.line(r, false)).collect(Collectors.joining("\n", "\n", "")));
            assertEquals(live, device.memory().liveBytes(), "a case left memory behind");
        }
    }
}
