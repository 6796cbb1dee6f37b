package anneal.model;

import anneal.io.Json;
import anneal.nn.Module;

/** Everything that fixes a network's shape; written into the metadata of its weight file. */
public sealed interface ModelConfig permits UNetConfig, SuperResConfig, ClassifierConfig,
        ConvNextUNetConfig, ResNetUNetConfig {
    /** The tag in a weight file: {@code unet}, {@code superres}, {@code classifier}, {@code convnext}, {@code resnet}. */
    String type();

    /** Channels of the images that it makes or looks at. */
    int imageChannels();

    /** The network, as a declaration without memory. */
    Module build();

    /** This config as JSON, for {@link #fromJson}. */
    default String toJson() {
        return Json.write(this);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param type as {@link #type} gave it
     * @throws IllegalArgumentException in one line, if the type is unknown or the text is not such a config
     */
    static ModelConfig fromJson(String type, String json) {
        return switch (type) {
            case UNetConfig.TYPE -> Json.read(json, UNetConfig.class);
            case SuperResConfig.TYPE -> Json.read(json, SuperResConfig.class);
            case ClassifierConfig.TYPE -> Json.read(json, ClassifierConfig.class);
            case ConvNextUNetConfig.TYPE -> Json.read(json, ConvNextUNetConfig.class);
            case ResNetUNetConfig.TYPE -> Json.read(json, ResNetUNetConfig.class);
            default -> throw new IllegalArgumentException("model type '" + type + "'; " + String.join(", ",
                    UNetConfig.TYPE, SuperResConfig.TYPE, ClassifierConfig.TYPE, ConvNextUNetConfig.TYPE)
                    + " and " + ResNetUNetConfig.TYPE + " are known");
        };
    }
}
