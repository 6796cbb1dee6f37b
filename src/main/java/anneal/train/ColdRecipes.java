package anneal.train;

import anneal.data.Augmentation;
import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.ColdPresets;
import anneal.model.ConvNextUNetConfig;
import anneal.model.ModelConfig;
import anneal.model.ResNetUNetConfig;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import java.util.List;

/**
 * Recipes of restorers (Bansal et al. 2022), by the name of the images. {@code mnist}, {@code cifar10}, {@code fashion}
 * and {@code tiny} have small ADM UNets that two processor cores train within minutes; the names that end in
 * {@code -published} have the network, optimiser and pictures of the authors' commands.
 */
public final class ColdRecipes {
    /** Names of {@link #named}. */
    public static final List<String> NAMES = List.of("fashion", "mnist", "cifar10", "tiny", "mnist-published",
            "cifar10-published", "celeba-published");

    private static final String MNIST = "mnist";
    private static final String CIFAR10 = "cifar10";
    private static final String CELEBA = "celeba";
    private static final int SMALL = 32;
    private static final int LARGE = 128;

    private ColdRecipes() {
    }

    /**
     * The recipe of a task, with the degradation that the paper has for such images.
     *
     * @param task as {@link ColdPresets} knows it: blur, mask, resolution, snow, colour or noise
     * @param name of {@link #NAMES}
     * @throws IllegalArgumentException in one line, for an unknown name
     */
    public static TrainingConfig named(String task, String name) {
        return of(ColdPresets.named(task, images(name)), name);
    }

    /** The recipe with any degradation. */
    public static TrainingConfig of(ColdConfig cold, String name) {
        return switch (name) {
            case "fashion" -> small("fashion", 28, 1, cold, null, 1, 1, 2);
            case "tiny" -> small("fashion-embedded", 28, 1, cold, null, 1, 1, 1);
            case MNIST -> small(MNIST, SMALL, 1, cold, null, 1, 1, 2);
            case CIFAR10 -> small(CIFAR10, SMALL, 3, cold, Augmentation.PADDED_CROP_FLIP, 1, 2, 2);
            case "mnist-published" -> published(MNIST, SMALL, ConvNextUNetConfig.published(1), cold);
            case "cifar10-published" -> published(CIFAR10, SMALL, cifarNetwork(cold), cold);
            case "celeba-published" -> published(CELEBA, LARGE, ConvNextUNetConfig.published(3), cold);
            default -> throw new IllegalArgumentException("no preset of --cold is called '" + name + "': use one of "
                    + String.join(", ", NAMES));
        };
    }

    /** Whose settings of the degradation fit. */
    private static String images(String name) {
        return name.startsWith(CIFAR10) ? CIFAR10 : name.startsWith(CELEBA) ? CELEBA : MNIST;
    }

    private static TrainingConfig small(String data, int size, int channels, ColdConfig cold, Augmentation augmentation,
                                        double... mult) {
        var trunk = TrunkConfig.builder(size, channels, 32).channelMult(mult).numResBlocks(1)
                .attentionAtPixels(size / 4).numHeadChannels(32).resblockUpdown(true).useScaleShiftNorm(true).build();
        var unet = new UNetConfig(trunk, channels, false, -1, 0, false);
        int steps = 10_000;
        var optimization = new OptimizationConfig(steps, 32, 0, 2e-3, 0, 100, steps, List.of(0.995), 1.0, "uniform",
                false, 0);
        return TrainingConfig.of(data, new RestorerConfig(size, unet, cold, null, augmentation), optimization);
    }

    /** The authors use the ResNet for blur, inpainting and super-resolution, ConvNeXt for the rest. */
    private static ModelConfig cifarNetwork(ColdConfig cold) {
        boolean resnet = cold instanceof ColdConfig.GaussianBlur || cold instanceof ColdConfig.Inpainting
                || cold instanceof ColdConfig.SuperResolution;
        return resnet ? ResNetUNetConfig.published(SMALL, 3) : ConvNextUNetConfig.published(3);
    }

    /** Adam at 2e-5, batches of 32 in two parts, averages from step 2,000 on; inpainting CelebA is shorter. */
    private static TrainingConfig published(String data, int size, ModelConfig network, ColdConfig cold) {
        boolean celebaMask = data.equals(CELEBA) && cold instanceof ColdConfig.Inpainting;
        boolean large = size == LARGE && (cold instanceof ColdConfig.Snowfall || cold instanceof ColdConfig.LossOfColour);
        int part = celebaMask ? 100 : large ? 16 : 32;
        var optimization = new OptimizationConfig(celebaMask ? 350_000 : 700_000, 2 * part, part, 2e-5, 0, 0, 0,
                List.of(0.995), new EmaStart(10, 2000), 0, "uniform", false, 0);
        return TrainingConfig.of(data, new RestorerConfig(size, network, cold, null, augmentation(data, cold)),
                optimization);
    }

    /** Which pictures their loaders make, task by task. */
    private static Augmentation augmentation(String data, ColdConfig cold) {
        return switch (cold) {
            case ColdConfig.GaussianBlur blur -> Augmentation.ENLARGED_CROP_FLIP;
            case ColdConfig.SuperResolution resolution ->
                    data.equals(MNIST) ? Augmentation.CENTER : Augmentation.ENLARGED_CROP_FLIP;
            case ColdConfig.Inpainting mask -> data.equals(CIFAR10) ? Augmentation.PADDED_CROP_FLIP : null;
            default -> null;
        };
    }
}
