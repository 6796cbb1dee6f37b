package anneal.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.io.SafeTensors;
import anneal.io.TensorData;
import anneal.kernel.reference.ReferenceBackend;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
    private final Device device = new Device(new ReferenceBackend());
    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void everyKindComesBackWithItsConfigAndWeights() throws IOException {
        var trunk = TinyModels.trunk().numHeadChannels(16).build();
        var unet = new UNetConfig(trunk, 1, true, -1, 4, true);
        for (var config : List.of(unet, new SuperResConfig(unet), new ClassifierConfig(trunk, 5, Pooling.ATTENTION),
                new ConvNextUNetConfig(1, 8, List.of(1, 2), true, true, false),
                new ResNetUNetConfig(8, 3, 32, List.of(1, 2), 1, List.of(4), 0.1))) {
            var path = folder.resolve(config.type() + ".safetensors");
            var module = config.build();
            double[] values;
            try (var arena = ParameterArena.forInference(device, module)) {
                TinyModels.randomise(arena, 9);
                values = arena.values().flat().toDoubles();
                ModelFile.save(path, config, module, Map.of("diffusion", "{\"steps\": 1000}"));
            }
            try (var loaded = ModelFile.load(path, device)) {
                assertEquals(config, loaded.config());
                assertEquals(module.getClass(), loaded.module().getClass());
                assertArrayEquals(values, loaded.arena().values().flat().toDoubles());
                assertEquals(Map.of("diffusion", "{\"steps\": 1000}"), loaded.metadata());
            }
        }
        assertEquals(0, device.memory().liveBytes());
    }

    @Test
    void aFileWithoutConfigIsNamed() throws IOException {
        var path = folder.resolve("plain.safetensors");
        SafeTensors.write(path, new LinkedHashMap<>(Map.of("a", TensorData.of(new float[1], 1))), Map.of());
        var e = assertThrows(DataException.class, () -> ModelFile.load(path, device));
        assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
    }

    @Test
    void weightsThatDoNotFitAreListedAndNothingLeaks() throws IOException {
        var config = new UNetConfig(TinyModels.trunk().build(), false);
        var module = config.build();
        var path = folder.resolve("cut.safetensors");
        try (var arena = ParameterArena.forInference(device, module)) {
            var tensors = StateDict.values(module);
            tensors.remove("out.2.bias");
            tensors.put("out.3.bias", TensorData.of(new float[1], 1));
            tensors.put("out.0.bias", TensorData.of(new float[3], 3));
            ModelFile.save(path, config, tensors, Map.of());
        }
        var e = assertThrows(DataException.class, () -> ModelFile.load(path, device));
        assertEquals(path + ": the weights do not fit the model: 1 missing: out.2.bias; 1 not expected: out.3.bias;"
                + " 1 of another shape: out.0.bias ([3] instead of [32])", e.getMessage());
        assertEquals(0, device.memory().liveBytes());
    }
}
