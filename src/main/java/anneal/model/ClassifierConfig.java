package anneal.model;

import static anneal.model.TrunkConfig.require;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A classifier of noised images.
 *
 * @param trunk      the down-sampling half of a UNet
 * @param numClasses number of logits
 * @param pool       how feature maps become logits; ATTENTION needs the trunk's numHeadChannels
 */
public record ClassifierConfig(TrunkConfig trunk, int numClasses, Pooling pool) implements ModelConfig {
    static final String TYPE = "classifier";

    public ClassifierConfig {
        require(trunk != null, "a classifier config needs a trunk");
        require(numClasses >= 1, "numClasses %d; at least 1 is needed", numClasses);
        require(pool != null, "a classifier config needs a pool");
        require(pool != Pooling.ATTENTION || trunk.numHeadChannels() != -1,
                "attention pooling needs numHeadChannels, not numHeads");
    }

    /** From the constructor arguments of guided-diffusion's EncoderUNetModel. */
    public static ClassifierConfig fromGuidedDiffusion(JsonNode args) {
        return GuidedDiffusionArguments.classifier(args);
    }

    /** From the flags of guided-diffusion's scripts (script_util.create_classifier), {@code classifier_width}, .... */
    public static ClassifierConfig fromFlags(JsonNode flags) {
        return GuidedDiffusionArguments.classifierFlags(flags);
    }

    @Override
    public int imageChannels() {
        return trunk.inChannels();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public NoisyClassifier build() {
        return new NoisyClassifier(this);
    }
}
