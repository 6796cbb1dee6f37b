package anneal.train;

import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.LossType;
import anneal.io.Json;
import anneal.model.ClassifierConfig;
import anneal.model.ModelConfig;
import anneal.model.UNetConfig;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What is trained, on what, and how: the config.json of a run directory. Either a UNet that denoises, or a classifier, or
 * a restorer of images that were degraded otherwise.
 *
 * @param data         a data set as {@link anneal.data.Datasets#open} reads it
 * @param unet         the diffusion model to train, or null
 * @param classifier   the classifier to train, or null
 * @param clean        null: a classifier is trained on noised images, for guidance; otherwise on clean ones
 * @param restorer     the restorer to train (Cold Diffusion), or null
 * @param diffusion    the process; null for a classifier of clean images and for a restorer
 * @param labelDropout probability with which a sample's class is replaced by the null class (classifier-free guidance:
 *                     Ho and Salimans 2022, Algorithm 1)
 */
public record TrainingConfig(String data, UNetConfig unet, ClassifierConfig classifier, CleanImages clean,
                             RestorerConfig restorer, DiffusionConfig diffusion, double labelDropout,
                             OptimizationConfig optimization) {
    public TrainingConfig {
        require(data != null && !data.isBlank(), "a training config needs data");
        require(Stream.of(unet, classifier, restorer).filter(Objects::nonNull).count() == 1,
                "a training config needs a unet, a classifier or a restorer, and only one of them");
        require(optimization != null, "a training config needs optimization");
        require(clean == null || classifier != null, "only classifiers are trained on clean images");
        require((diffusion == null) == (clean != null || restorer != null),
                "a training config needs diffusion, unless it has clean or a restorer");
        require(labelDropout >= 0 && labelDropout <= 1, "labelDropout must be in 0..1, got " + labelDropout);
        require(labelDropout == 0 || unet != null && unet.nullClass(),
                "labelDropout needs a UNet with a null class to replace the labels by");
        require(unet == null || diffusion.respacing().isEmpty() || !isBound(diffusion.lossType()),
                "the variational bound of a respaced process is not a training loss; leave respacing empty");
        if (unet != null) {
            require(unet.learnedVariance() == diffusion.varianceType().isLearned(),
                    "the UNet's learnedVariance is %s, but the variance is %s".formatted(unet.learnedVariance(),
                            diffusion.varianceType()));
        }
    }

    /** A restorer. */
    public static TrainingConfig of(String data, RestorerConfig restorer, OptimizationConfig optimization) {
        return new TrainingConfig(data, null, null, null, restorer, null, 0, optimization);
    }

    /** A diffusion model or a classifier. */
    public TrainingConfig(String data, UNetConfig unet, ClassifierConfig classifier, CleanImages clean,
                          DiffusionConfig diffusion, double labelDropout, OptimizationConfig optimization) {
        this(data, unet, classifier, clean, null, diffusion, labelDropout, optimization);
    }

    private static boolean isBound(LossType loss) {
        return loss == LossType.KL || loss == LossType.RESCALED_KL;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    @JsonIgnore
    public ModelConfig model() {
        return unet != null ? unet : restorer != null ? restorer.network() : classifier;
    }

    /** Height and width of the images. */
    @JsonIgnore
    public int imageSize() {
        return restorer != null ? restorer.imageSize() : (unet != null ? unet.trunk() : classifier.trunk()).imageSize();
    }

    /** Channels of the images. */
    @JsonIgnore
    public int imageChannels() {
        return model().imageChannels();
    }

    /** Classes that the data must have at most; 0 if none are used. */
    @JsonIgnore
    public int classes() {
        return unet != null ? unet.numClasses() : classifier != null ? classifier.numClasses() : 0;
    }

    public TrainingConfig withOptimization(OptimizationConfig o) {
        return new TrainingConfig(data, unet, classifier, clean, restorer, diffusion, labelDropout, o);
    }

    /** The same with images from elsewhere. */
    public TrainingConfig withData(String newData) {
        return new TrainingConfig(newData, unet, classifier, clean, restorer, diffusion, labelDropout, optimization);
    }

    public TrainingConfig withSteps(int steps) {
        return withOptimization(optimization.withSteps(steps));
    }

    /** Fields in which {@code other} differs, each as "name: mine, theirs"; the number of steps does not count. */
    public List<String> differences(TrainingConfig other) {
        Map<String, String> mine = leaves(this);
        Map<String, String> theirs = leaves(other.withSteps(optimization.steps()));
        List<String> out = new ArrayList<>();
        var names = new TreeMap<>(mine);
        names.putAll(theirs);
        for (String name : names.keySet()) {
            if (!Objects.equals(mine.get(name), theirs.get(name))) {
                out.add(name + ": " + mine.get(name) + ", " + theirs.get(name));
            }
        }
        return out;
    }

    private static Map<String, String> leaves(TrainingConfig config) {
        try {
            Map<String, String> out = new TreeMap<>();
            collect("", JsonMapper.builder().build().readTree(Json.write(config)), out);
            return out;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a config that was just written cannot be read", e);
        }
    }

    private static void collect(String path, JsonNode node, Map<String, String> out) {
        if (node.isObject()) {
            node.properties().forEach(e -> collect(path.isEmpty() ? e.getKey() : path + "." + e.getKey(),
                    e.getValue(), out));
        } else {
            out.put(path, node.toString());
        }
    }
}
