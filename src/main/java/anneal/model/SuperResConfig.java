package anneal.model;

import static anneal.model.TrunkConfig.require;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A UNet that is also given a smaller image to enlarge.
 *
 * @param unet the network; its inChannels are those of the large image alone
 */
public record SuperResConfig(UNetConfig unet) implements ModelConfig {
    static final String TYPE = "superres";

    public SuperResConfig {
        require(unet != null, "a super-resolution config needs a unet");
    }

    /** From the constructor arguments of guided-diffusion's SuperResModel. */
    public static SuperResConfig fromGuidedDiffusion(JsonNode args) {
        return new SuperResConfig(GuidedDiffusionArguments.unet(args));
    }

    /** From the flags of guided-diffusion's scripts (script_util.sr_create_model), such as {@code large_size}. */
    public static SuperResConfig fromFlags(JsonNode flags) {
        return GuidedDiffusionArguments.superResFlags(flags);
    }

    @Override
    public int imageChannels() {
        return unet.outChannels();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public SuperResUNet build() {
        return new SuperResUNet(this);
    }
}
