package anneal.train;

import anneal.data.Augmentation;
import anneal.diffusion.cold.ColdConfig;
import anneal.diffusion.cold.RestorationLoss;
import anneal.model.ConvNextUNetConfig;
import anneal.model.ModelConfig;
import anneal.model.ResNetUNetConfig;
import anneal.model.UNetConfig;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Objects;

/**
 * A network that learns to restore degraded images (Bansal et al. 2022, section 3), and what it learns from.
 *
 * @param imageSize    height and width of the images
 * @param network      a UNet that is told no classes and learns no variance, or one of the paper's two
 * @param degradation  that it learns to invert
 * @param loss         distance of the restored image from the clean one; null for the paper's, L1
 * @param augmentation what is done to an image each time that it is met; null for nothing
 */
public record RestorerConfig(int imageSize,
        @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type") @JsonSubTypes({
            @JsonSubTypes.Type(value = UNetConfig.class, name = "unet"),
            @JsonSubTypes.Type(value = ConvNextUNetConfig.class, name = "convnext"),
            @JsonSubTypes.Type(value = ResNetUNetConfig.class, name = "resnet")
        }) ModelConfig network, ColdConfig degradation, RestorationLoss loss, Augmentation augmentation) {
    public RestorerConfig {
        require(imageSize >= 1, "imageSize must be 1 or more, got " + imageSize);
        require(network != null, "a restorer needs a network");
        require(degradation != null, "a restorer needs a degradation");
        loss = Objects.requireNonNullElse(loss, RestorationLoss.L1);
        switch (network) {
            case UNetConfig unet -> {
                require(unet.numClasses() == 0 && !unet.learnedVariance(),
                        "a restorer is not told classes and learns no variance");
                require(unet.trunk().imageSize() == imageSize, "the UNet is made for images of %d pixels, not %d"
                        .formatted(unet.trunk().imageSize(), imageSize));
            }
            case ResNetUNetConfig resnet -> require(resnet.imageSize() == imageSize,
                    "the network is made for images of %d pixels, not %d".formatted(resnet.imageSize(), imageSize));
            case ConvNextUNetConfig convnext -> {
                int factor = 1 << (convnext.dimMults().size() - 1);
                require(imageSize % factor == 0, "images of %d pixels for %d levels; a multiple of %d is needed"
                        .formatted(imageSize, convnext.dimMults().size(), factor));
            }
            default -> throw new IllegalArgumentException("a " + network.type() + " restores nothing");
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The same with another network, and images of its size. */
    public RestorerConfig withNetwork(int newSize, ModelConfig newNetwork) {
        return new RestorerConfig(newSize, newNetwork, degradation, loss, augmentation);
    }

    /** The same with another loss. */
    public RestorerConfig withLoss(RestorationLoss newLoss) {
        return new RestorerConfig(imageSize, network, degradation, newLoss, augmentation);
    }
}
