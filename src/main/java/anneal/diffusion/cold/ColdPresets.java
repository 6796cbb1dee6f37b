package anneal.diffusion.cold;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The degradations of the paper's experiments, as the authors' commands set them: a task and a data set. Snow on MNIST
 * is not theirs; it falls as on CIFAR-10, in a quarter of the steps.
 */
public final class ColdPresets {
    private static final Map<String, Map<String, ColdConfig>> ALL = new TreeMap<>(Map.of(
            "blur", ofData(
                    new ColdConfig.GaussianBlur(BlurSchedule.Routine.CONSTANT, 11, 7, 20, false),
                    new ColdConfig.GaussianBlur(BlurSchedule.Routine.SPECIAL_6, 11, 0.35, 50, false),
                    new ColdConfig.GaussianBlur(BlurSchedule.Routine.EXPONENTIAL_REFLECT, 15, 0.01, 200, false)),
            "blur-to-mean", ofData(
                    new ColdConfig.GaussianBlur(BlurSchedule.Routine.CONSTANT, 11, 7, 20, true),
                    new ColdConfig.GaussianBlur(BlurSchedule.Routine.EXPONENTIAL, 15, 0.01, 100, true),
                    new ColdConfig.GaussianBlur(BlurSchedule.Routine.EXPONENTIAL, 27, 0.01, 300, true)),
            "mask", ofData(
                    new ColdConfig.Inpainting(0.1, 11, 50, true, true),
                    new ColdConfig.Inpainting(0.1, 11, 50, true, true),
                    new ColdConfig.Inpainting(0.2, 1, 100, false, false)),
            "resolution", ofData(
                    new ColdConfig.SuperResolution("Incremental_factor_2", 3),
                    new ColdConfig.SuperResolution("Incremental_factor_2", 3),
                    new ColdConfig.SuperResolution("Incremental_factor_2", 4)),
            "snow", ofData(
                    new ColdConfig.Snowfall(3, true, 50),
                    new ColdConfig.Snowfall(3, true, 200),
                    new ColdConfig.Snowfall(4, true, 200)),
            "colour-mask", ofColourData(new ColdConfig.ColourMask(0.05, 1, true, 750)),
            "colour", ofColourData(new ColdConfig.LossOfColour(true, 0, true, 20)),
            "noise", ofColourData(new ColdConfig.HotNoise(200))));

    private ColdPresets() {
    }

    private static Map<String, ColdConfig> ofData(ColdConfig mnist, ColdConfig cifar10, ColdConfig celeba) {
        return new TreeMap<>(Map.of("mnist", mnist, "cifar10", cifar10, "celeba", celeba));
    }

    private static Map<String, ColdConfig> ofColourData(ColdConfig config) {
        return new TreeMap<>(Map.of("cifar10", config, "celeba", config));
    }

    /** The names of the tasks. */
    public static List<String> tasks() {
        return List.copyOf(ALL.keySet());
    }

    /** Whether {@code config} is what the task means for one of the data sets. */
    public static boolean isOf(String task, ColdConfig config) {
        return ALL.containsKey(task) && ALL.get(task).containsValue(config);
    }

    /**
     * @param task blur, mask, resolution, snow, colour, noise, or for generation colour-mask or blur-to-mean
     * @param data mnist, cifar10 or celeba, at 32, 32 and 128 pixels
     * @throws IllegalArgumentException in one line, if there is no such preset
     */
    public static ColdConfig named(String task, String data) {
        var ofTask = ALL.get(task);
        if (ofTask == null) {
            throw new IllegalArgumentException("no degradation is called '" + task + "': use one of "
                    + String.join(", ", ALL.keySet()));
        }
        var config = ofTask.get(data);
        if (config == null) {
            throw new IllegalArgumentException("there are no settings of " + task + " for '" + data + "': use one of "
                    + String.join(", ", ofTask.keySet()));
        }
        return config;
    }
}
