package anneal.sample;

import anneal.io.DataException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/** Finds models by what people call them: a run directory, a file of weights, or the name of a model in the jar. */
public final class ModelCatalog {
    private static final ModelCatalog SHIPPED =
            new ModelCatalog(List.of("fashion", "fashion-classifier", "fashion-judge", "restore-blur", "restore-mask",
                    "restore-resolution", "restore-snow"), ModelCatalog.class::getResource);
    private static final String RESTORE = "restore-";

    private final SequencedMap<String, URL> models = new LinkedHashMap<>();

    /**
     * @param names     that may be there
     * @param resources gives the place of a resource, or null
     */
    ModelCatalog(List<String> names, Function<String, URL> resources) {
        for (String name : names) {
            var place = resources.apply("/anneal/models/" + name + ".safetensors");
            if (place != null) {
                models.put(name, place);
            }
        }
    }

    /** The models that come with Anneal. */
    public static ModelCatalog shipped() {
        return SHIPPED;
    }

    /** Names of the models that this build carries. */
    public List<String> names() {
        return List.copyOf(models.keySet());
    }

    /** Degradations that this build carries a restorer for. */
    public List<String> restorers() {
        return models.keySet().stream().filter(n -> n.startsWith(RESTORE)).map(n -> n.substring(RESTORE.length()))
                .toList();
    }

    /**
     * The name of the restorer in the jar.
     *
     * @throws IllegalArgumentException in one line, if there is none for the degradation
     */
    public String restorer(String degradation) {
        if (!models.containsKey(RESTORE + degradation)) {
            throw new IllegalArgumentException("no model that restores from '%s' comes with this build, only from %s; "
                    .formatted(degradation, restorers()) + "train one by train --cold and give it as --model");
        }
        return RESTORE + degradation;
    }

    /**
     * The model of that name in the jar, whatever the file system holds.
     *
     * @throws IllegalArgumentException if there is none, see {@link #names}
     */
    public ModelSource named(String name) {
        if (!models.containsKey(name)) {
            throw new IllegalArgumentException("no model called '" + name + "' comes with this build, only " + names());
        }
        return ModelSource.inJar(name, models.get(name));
    }

    /** Finds a model; of a run directory the slowest average of the weights. */
    public ModelSource find(String place) throws IOException {
        return find(place, null);
    }

    /**
     * Finds a model. What lies in the file system goes before a name.
     *
     * @param place a run directory, a file of weights, or one of {@link #names}
     * @param ema   of a run directory: a rate, {@code none} for the weights as they are, or null for the slowest
     *              average
     * @throws DataException            in one line, if there is no such thing
     * @throws IllegalArgumentException in one line, if {@code ema} is no rate or there is nothing to choose from
     */
    public ModelSource find(String place, String ema) throws IOException {
        var path = path(place);
        if (Files.isDirectory(path)) {
            return ModelSource.inFile(RunWeights.find(path, ema));
        }
        boolean exists = Files.exists(path);
        if (!exists && !models.containsKey(place)) {
            throw new DataException(place + ": no such run directory or file of weights, nor a model that comes with "
                    + "this build (" + (models.isEmpty() ? "it carries none" : String.join(", ", names())) + ")");
        }
        if (ema != null) {
            throw new IllegalArgumentException("--ema chooses among the files of a run directory, but " + place
                    + (exists ? " is one file" : " comes with Anneal and is one set of weights"));
        }
        return exists ? ModelSource.inFile(path) : ModelSource.inJar(place, models.get(place));
    }

    private static Path path(String place) throws DataException {
        try {
            return Path.of(place);
        } catch (InvalidPathException e) {
            throw new DataException(place + ": cannot be the name of a file or folder (" + e.getReason() + ")", e);
        }
    }
}
