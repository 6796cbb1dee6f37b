package anneal.model;

import anneal.io.DataException;
import anneal.io.SafeTensors;
import anneal.io.SafeTensorsFile;
import anneal.io.TensorData;
import anneal.nn.Module;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Device;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A weight file: safetensors in the original names and layouts, with the model's config in the metadata, so that
 * weights never meet the wrong network.
 */
public final class ModelFile implements AutoCloseable {
    private static final String TYPE = "anneal.type";
    private static final String CONFIG = "anneal.config";

    private final SafeTensorsFile file;
    private final ModelConfig config;
    private final Map<String, String> metadata;

    private ModelFile(SafeTensorsFile file, ModelConfig config, Map<String, String> metadata) {
        this.file = file;
        this.config = config;
        this.metadata = metadata;
    }

    /**
     * Writes a model's present values, atomically.
     *
     * @param metadata whatever else should travel along, such as the diffusion config as JSON
     */
    public static void save(Path path, ModelConfig config, Module module, Map<String, String> metadata)
            throws IOException {
        save(path, config, StateDict.values(module), metadata);
    }

    /** As the other {@code save}, with given tensors, such as an EMA's from {@link StateDict#read}. */
    public static void save(Path path, ModelConfig config, SequencedMap<String, TensorData> tensors,
                            Map<String, String> metadata) throws IOException {
        var all = new LinkedHashMap<String, String>(metadata);
        all.put(TYPE, config.type());
        all.put(CONFIG, config.toJson());
        SafeTensors.write(path, tensors, all);
    }

    /**
     * Opens a file and reads its config; the weights are read by {@link #loadInto}.
     *
     * @throws DataException in one line, if it is not a safetensors file, or one without a config of ours
     */
    public static ModelFile open(Path path) throws IOException {
        return of(SafeTensors.read(path));
    }

    /**
     * As {@link #open(Path)}, from a stream such as a resource, all of which is read into memory.
     *
     * @param name what complaints call it
     */
    public static ModelFile open(Path name, InputStream in) throws IOException {
        return of(SafeTensors.read(name, in));
    }

    private static ModelFile of(SafeTensorsFile file) throws IOException {
        var path = file.path();
        try {
            var metadata = new LinkedHashMap<>(file.metadata());
            var type = metadata.remove(TYPE);
            var json = metadata.remove(CONFIG);
            if (type == null || json == null) {
                throw DataException.in(path, "has no model config in its metadata (%s and %s)", TYPE, CONFIG);
            }
            return new ModelFile(file, ModelConfig.fromJson(type, json), metadata);
        } catch (IllegalArgumentException e) {
            file.close();
            throw DataException.in(path, "%s", e.getMessage());
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Builds the file's model on {@code device}, for inference: its weights are frozen. */
    public static LoadedModel load(Path path, Device device) throws IOException {
        try (var file = open(path)) {
            return file.load(device);
        }
    }

    /** As the static {@code load}; this file may be closed afterwards. */
    public LoadedModel load(Device device) throws IOException {
        var module = config.build();
        var arena = ParameterArena.forInference(device, module);
        try {
            loadInto(module);
            arena.freeze();
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
        return new LoadedModel(config, module, arena, metadata);
    }

    public Path path() {
        return file.path();
    }

    public ModelConfig config() {
        return config;
    }

    /** What was saved beside the config. */
    public Map<String, String> metadata() {
        return metadata;
    }

    public SequencedMap<String, TensorData> tensors() {
        return file.tensors();
    }

    /** Sets a model's values, which must be in an arena; throws DataException if the tensors do not fit. */
    public void loadInto(Module module) throws IOException {
        try {
            StateDict.load(module, file.tensors());
        } catch (DataException e) {
            throw DataException.in(file.path(), "%s", e.getMessage());
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
