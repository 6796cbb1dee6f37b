package anneal.sample;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.VarianceType;
import anneal.model.ClassifierConfig;
import anneal.model.ModelConfig;
import anneal.model.ModelFile;
import anneal.model.Pooling;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.nn.ParameterArena;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Files of small networks with random weights, for grey 8x8 images of three classes. */
public final class SmallModels {
    public static final int SIZE = 8;
    public static final List<String> CLASSES = List.of("across", "down", "block");

    private SmallModels() {
    }

    /** AdaGN, because with one channel a group an embedding that is added would be normalised away. */
    private static TrunkConfig trunk() {
        return TrunkConfig.builder(SIZE, 1, 32).numResBlocks(0).useScaleShiftNorm(true).build();
    }

    public static DiffusionConfig process() {
        return new DiffusionConfig(BetaSchedule.named("cosine"), 20, "", MeanType.EPSILON, VarianceType.LEARNED_RANGE,
                LossType.RESCALED_MSE, false);
    }

    /** Conditional, with a null class. */
    public static Path unet(Path file, long seed) throws IOException {
        return write(file, new UNetConfig(trunk(), 1, true, -1, CLASSES.size(), true), process(), seed);
    }

    public static Path classifier(Path file, long seed) throws IOException {
        return write(file, new ClassifierConfig(trunk(), CLASSES.size(), Pooling.MEAN), process(), seed);
    }

    /** A classifier of clean images. */
    public static Path judge(Path file, long seed) throws IOException {
        return write(file, new ClassifierConfig(trunk(), CLASSES.size(), Pooling.MEAN), null, seed);
    }

    private static Path write(Path file, ModelConfig config, DiffusionConfig diffusion, long seed) throws IOException {
        var module = config.build();
        try (var device = Devices.open("cpu"); var arena = ParameterArena.forInference(device, module)) {
            var random = new Random(seed);
            for (var named : module.parameters().entrySet()) {
                var p = named.getValue();
                // Variances are kept from layer to layer, so that what goes in still matters at the end.
                double bound = named.getKey().endsWith("bias") ? 0.05
                        : p.shape().rank() == 1 ? 2 : Math.sqrt(3.0 * p.shape().dim(0) / p.shape().size());
                p.value().copyFrom(random.doubles(p.shape().size(), -bound, bound).toArray());
            }
            ModelFile.save(file, config, module, ModelMetadata.of(diffusion, CLASSES));
        }
        return file;
    }
}
