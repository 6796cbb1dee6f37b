package anneal.sample;

import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.cold.ColdConfig;
import anneal.io.DataException;
import anneal.io.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What travels with weights beside the network's own config: the diffusion process and the names of the classes. */
public final class ModelMetadata {
    private static final String DIFFUSION = "anneal.diffusion";
    private static final String COLD = "anneal.cold";
    private static final String IMAGE_SIZE = "anneal.image_size";
    private static final String CLASSES = "anneal.classes";

    private ModelMetadata() {
    }

    /**
     * The metadata of a weight file.
     *
     * @param diffusion null for a classifier of clean images and for a restorer
     */
    public static Map<String, String> of(DiffusionConfig diffusion, List<String> classNames) {
        Map<String, String> out = new LinkedHashMap<>();
        if (diffusion != null) {
            out.put(DIFFUSION, Json.write(diffusion));
        }
        out.put(CLASSES, Json.write(classNames));
        return out;
    }

    /**
     * Adds the degradation that a network restores from.
     *
     * @param imageSize height and width of the images that it was trained on
     */
    public static void putCold(Map<String, String> metadata, ColdConfig cold, int imageSize) {
        metadata.put(COLD, Json.write(cold));
        metadata.put(IMAGE_SIZE, Integer.toString(imageSize));
    }

    /** Height and width of a restorer's images; throws DataException if the file does not say. */
    static int imageSize(Path file, Map<String, String> metadata) throws DataException {
        String size = metadata.get(IMAGE_SIZE);
        if (size == null || !size.matches("[1-9][0-9]{0,4}")) {
            throw DataException.in(file, "does not say how large its images are (%s)", IMAGE_SIZE);
        }
        return Integer.parseInt(size);
    }

    /** The degradation a network restores from; throws DataException if it is no restorer. */
    static ColdConfig cold(Path file, Map<String, String> metadata) throws DataException {
        String json = metadata.get(COLD);
        if (json == null) {
            throw DataException.in(file, "was not trained to restore degraded images (its metadata has no %s)", COLD);
        }
        try {
            return Json.read(json, ColdConfig.class);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "%s", e.getMessage());
        }
    }

    /** Whether the weights are of a network that restores degraded images. */
    public static boolean isRestorer(Map<String, String> metadata) {
        return metadata.containsKey(COLD);
    }

    /** Whether the file says which process a network was trained for; a classifier of clean images has none. */
    static boolean hasDiffusion(Map<String, String> metadata) {
        return metadata.containsKey(DIFFUSION);
    }

    /** The process a network was trained for; throws DataException if the file does not say. */
    public static DiffusionConfig diffusion(Path file, Map<String, String> metadata) throws DataException {
        String json = metadata.get(DIFFUSION);
        if (json == null && metadata.containsKey(COLD)) {
            throw DataException.in(file, "holds a restorer of degraded images, not a diffusion model");
        }
        if (json == null) {
            throw DataException.in(file, "has no diffusion config in its metadata (%s)", DIFFUSION);
        }
        try {
            return Json.read(json, DiffusionConfig.class);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "%s", e.getMessage());
        }
    }

    /** Names of the classes; empty if there are none. */
    public static List<String> classNames(Map<String, String> metadata) {
        String json = metadata.get(CLASSES);
        return json == null ? List.of() : Arrays.asList(Json.read(json, String[].class));
    }
}
