package anneal.model;

import static anneal.model.TrunkConfig.require;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An ADM UNet.
 *
 * @param trunk            the part that is common with the classifier
 * @param outChannels      channels of the images that it predicts
 * @param learnedVariance  it predicts as many channels again, for the variance
 * @param numHeadsUpsample heads on the way up, or -1 for as many as on the way down; where numHeadChannels is -1
 * @param numClasses       classes that it is told, or 0 for an unconditional model
 * @param nullClass        there is one more class, the last, that stands for none: classifier-free guidance needs it
 */
public record UNetConfig(TrunkConfig trunk, int outChannels, boolean learnedVariance, int numHeadsUpsample,
                         int numClasses, boolean nullClass) implements ModelConfig {
    static final String TYPE = "unet";

    public UNetConfig {
        require(trunk != null, "a UNet config needs a trunk");
        require(outChannels >= 1, "outChannels %d; at least 1 is needed", outChannels);
        require(numHeadsUpsample == -1 || numHeadsUpsample >= 1, "numHeadsUpsample %d; -1 (as numHeads) or at least 1",
                numHeadsUpsample);
        require(numClasses >= 0, "numClasses %d is negative", numClasses);
        require(!nullClass || numClasses > 0, "a null class without classes");
        int steps = 1 << (trunk.levels() - 1);
        require(trunk.imageSize() % steps == 0, "imageSize %d with %d levels; a multiple of %d is needed",
                trunk.imageSize(), trunk.levels(), steps);
        if (numHeadsUpsample != -1) {
            TrunkConfig.checkHeads(trunk.channelMult(), trunk.modelChannels(), trunk.attentionResolutions(),
                    false, numHeadsUpsample, trunk.numHeadChannels());
        }
    }

    /** An unconditional model of images like its input. */
    public UNetConfig(TrunkConfig trunk, boolean learnedVariance) {
        this(trunk, trunk.inChannels(), learnedVariance, -1, 0, false);
    }

    /** From the constructor arguments of guided-diffusion's UNetModel, such as {@code model_channels}. */
    public static UNetConfig fromGuidedDiffusion(JsonNode args) {
        return GuidedDiffusionArguments.unet(args);
    }

    /** From the flags of guided-diffusion's scripts (script_util.create_model), such as {@code num_channels}. */
    public static UNetConfig fromFlags(JsonNode flags) {
        return GuidedDiffusionArguments.unetFlags(flags);
    }

    @Override
    public int imageChannels() {
        return outChannels;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public UNet build() {
        return new UNet(this);
    }

    /** Channels of the network's output: {@code outChannels}, twice as many with a learned variance. */
    public int networkOutChannels() {
        return learnedVariance ? 2 * outChannels : outChannels;
    }

    /** Rows of the label table: the classes, then the null class. */
    public int labelRows() {
        return nullClass ? numClasses + 1 : numClasses;
    }

    /** The label that stands for no class; throws IllegalStateException if there is none. */
    public int nullClassLabel() {
        if (!nullClass) {
            throw new IllegalStateException("this model was built without a null class");
        }
        return numClasses;
    }
}
