package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.tensor.Devices;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCatalogTest {
    @TempDir
    private Path folder;
    private Path weights;
    private ModelCatalog catalog;

    /** A jar with one model in it, as a build would carry it. */
    @BeforeEach
    void makeJar() throws IOException {
        weights = SmallModels.unet(folder.resolve("weights.safetensors"), 1);
        var jar = folder.resolve("some build.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("anneal/models/small.safetensors"));
            Files.copy(weights, out);
        }
        catalog = new ModelCatalog(List.of("missing", "small"), resource -> place(jar, resource));
    }

    private static URL place(Path jar, String resource) {
        try {
            return resource.contains("missing") ? null : URI.create("jar:" + jar.toUri() + "!" + resource).toURL();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aNameIsReadStraightFromTheJar() throws IOException {
        assertEquals(List.of("small"), catalog.names());
        var found = catalog.find("small");
        assertEquals("small", found.name());
        assertEquals(catalog.find(weights.toString()).digest(), found.digest());
        assertNotEquals(ModelSource.inFile(SmallModels.unet(folder.resolve("other"), 2)).digest(), found.digest());
        try (var device = Devices.open("cpu"); var model = DiffusionModel.open(found, device);
                var same = DiffusionModel.open(weights, device)) {
            assertEquals(SmallModels.CLASSES, model.model().classNames());
            var request = SampleRequest.of(2, 5).withSampler("ddim", 4, 0).withLabels(List.of(0, 1));
            var images = model.sampler().sample(request).pixels();
            assertEquals(2 * 8 * 8, images.length);
            assertArrayEquals(same.sampler().sample(request).pixels(), images);
        }
    }

    @Test
    void aModelOfTheJarCanBeAskedForByNameAlone() throws IOException {
        assertEquals(catalog.find("small").digest(), catalog.named("small").digest());
        assertMessage("no model called 'missing' comes with this build, only [small]", () -> catalog.named("missing"));
    }

    @Test
    void aRunDirectoryGivesItsSlowestAverageOrTheOneAskedFor() throws IOException {
        var run = folder.resolve("run");
        for (var name : List.of("model", "ema-0.9", "ema-0.999", "ema-0.99")) {
            SmallModels.judge(run.resolve(name + ".safetensors"), name.hashCode());
        }
        assertEquals(run.resolve("ema-0.999.safetensors"), catalog.find(run.toString()).file());
        assertEquals(run.resolve("ema-0.9.safetensors"), catalog.find(run.toString(), "0.9").file());
        assertEquals(run.resolve("model.safetensors"), catalog.find(run.toString(), "none").file());
        assertMessage("keeps no average of rate 0.5; --ema may be 0.9, 0.99, 0.999, none",
                () -> catalog.find(run.toString(), "0.5"));
        Files.delete(run.resolve("model.safetensors"));
        assertMessage("has no model.safetensors: it is not a run directory", () -> catalog.find(run.toString()));
    }

    @Test
    void whatIsNotThereIsToldInOneLineWithTheNamesThatAre() {
        assertMessage("nowhere: no such run directory or file of weights, nor a model that comes with this build (small)",
                () -> catalog.find("nowhere"));
        assertMessage("(it carries none)", () -> new ModelCatalog(List.of("small"), r -> null).find("small"));
        assertMessage("--ema chooses among the files of a run directory", () -> catalog.find("small", "0.9"));
        assertMessage("--ema chooses among the files of a run directory", () -> catalog.find(weights.toString(), "0.9"));
    }

    @Test
    void aModelInTheWrongPlaceIsRefused() throws IOException {
        var judge = SmallModels.judge(folder.resolve("judge"), 3);
        try (var device = Devices.open("cpu"); var clean = ImageClassifier.open(judge, device);
                var model = DiffusionModel.open(weights, device)) {
            assertTrue(clean.isForCleanImages());
            assertMessage("holds a classifier; a diffusion model is needed", () -> DiffusionModel.open(judge, device));
            assertMessage("holds a unet; a classifier is needed", () -> ImageClassifier.open(weights, device));
            assertMessage("can judge samples, but not guide", () -> clean.checkFits(model.model()));
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private static void assertMessage(String part, Attempt attempt) {
        var e = assertThrows(Exception.class, attempt::run);
        assertTrue(e instanceof DataException || e instanceof IllegalArgumentException, e.toString());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }
}
