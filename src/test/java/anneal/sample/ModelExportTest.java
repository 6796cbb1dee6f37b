package anneal.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.io.FileType;
import anneal.io.TensorData;
import anneal.model.ModelFile;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExportTest {
    @TempDir
    private Path folder;

    @Test
    void halfIsHalfTheSizeKeepsAllThatTravelsAlongAndTheModelStillWorks() throws IOException {
        var full = SmallModels.unet(folder.resolve("full.safetensors"), 1);
        var half = folder.resolve("half.safetensors");
        var summary = new ModelExport(ModelSource.inFile(full), FileType.F16).write(half);
        assertTrue(Files.size(half) < 0.55 * Files.size(full), Files.size(half) + " of " + Files.size(full));
        // Rounding to 11 bits is off by up to 2^-12 of a number, 2^-12 / sqrt(3) or so in the mean.
        assertTrue(summary.rounding() > 5e-5 && summary.rounding() < 3e-4, summary.toString());
        try (var before = ModelFile.open(full); var after = ModelFile.open(half)) {
            assertEquals(before.config(), after.config());
            assertEquals(before.metadata(), after.metadata());
            assertEquals(summary.parameters(), before.config().build().parameterCount());
            for (var name : before.tensors().keySet()) {
                assertEquals(FileType.F16, after.tensors().get(name).type());
                var expected = before.tensors().get(name).toFloats();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = Float.float16ToFloat(Float.floatToFloat16(expected[i]));
                }
                assertArrayEquals(expected, after.tensors().get(name).toFloats(), name);
            }
        }
        assertTrue(distance(samples(full), samples(half)) < 2, "the samples are other ones");
    }

    @Test
    void halfAndBackIsExact() throws IOException {
        var half = folder.resolve("half.safetensors");
        new ModelExport(ModelSource.inFile(SmallModels.judge(folder.resolve("j"), 4)), FileType.F16).write(half);
        var single = folder.resolve("single.safetensors");
        assertEquals(0, new ModelExport(ModelSource.inFile(half), FileType.F32).write(single).rounding());
        var again = folder.resolve("again.safetensors");
        new ModelExport(ModelSource.inFile(single), FileType.F16).write(again);
        assertArrayEquals(Files.readAllBytes(half), Files.readAllBytes(again));
    }

    @Test
    void aWeightThatDoesNotFitIsNamedAndNothingIsWritten() throws IOException {
        var file = SmallModels.judge(folder.resolve("j"), 4);
        try (var model = ModelFile.open(file)) {
            var tensors = new LinkedHashMap<>(model.tensors());
            var first = tensors.firstEntry();
            var huge = first.getValue().toFloats();
            huge[0] = 1e6f;
            tensors.put(first.getKey(), TensorData.of(huge, first.getValue().shape()));
            ModelFile.save(folder.resolve("huge"), model.config(), tensors, model.metadata());
        }
        var out = folder.resolve("out");
        var e = assertThrows(DataException.class,
                () -> new ModelExport(ModelSource.inFile(folder.resolve("huge")), FileType.F16).write(out));
        assertTrue(e.getMessage().contains("has the value 1000000.0, which F16 cannot hold"), e.getMessage());
        assertFalse(Files.exists(out));
    }

    private static byte[] samples(Path file) throws IOException {
        try (var device = Devices.open("cpu"); var opened = DiffusionModel.open(file, device)) {
            return new ImageSampler(device, opened.model()).sample(SampleRequest.of(4, 9).withSampler("ddim", 5, 0)).pixels();
        }
    }

    /** Mean absolute difference in grey levels. */
    private static double distance(byte[] a, byte[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
        }
        assertFalse(Arrays.equals(a, new byte[a.length]), "an empty picture proves nothing");
        return sum / a.length;
    }
}
