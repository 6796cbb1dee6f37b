package anneal.model;

import anneal.nn.GroupNorm;
import anneal.tensor.Attention.Packing;
import java.util.Arrays;
import java.util.List;

/**
 * What the UNet and the noisy classifier have in common: every knob that "Diffusion Models Beat GANs", section 3,
 * ablates. The names are guided-diffusion's.
 *
 * @param imageSize            height and width of the images
 * @param inChannels           channels of the network's input
 * @param modelChannels        base width; the time embedding is four times as wide
 * @param channelMult          width of each level of resolution as a multiple of modelChannels, fractions allowed
 * @param numResBlocks         residual blocks on each level (one more on the way up)
 * @param attentionResolutions where attention is: downsampling factors 1, 2, 4, ..., see {@link #factors}
 * @param numHeads             attention heads, where numHeadChannels is -1
 * @param numHeadChannels      channels of a head, or -1
 * @param resblockUpdown       BigGAN's residual blocks change the resolution, instead of layers of their own
 * @param convResample         those layers have a convolution
 * @param useScaleShiftNorm    AdaGN; else the embedding is added
 * @param rescaleResidual      residual sums are divided by sqrt(2)
 * @param dropout              probability, 0 &lt;= p &lt; 1
 * @param useNewAttentionOrder qkv channels are all q, all k, all v; else per head (legacy, most checkpoints)
 * @param useCheckpoint        blocks are computed again in the backward pass, to save memory
 */
public record TrunkConfig(
        int imageSize,
        int inChannels,
        int modelChannels,
        List<Double> channelMult,
        int numResBlocks,
        List<Integer> attentionResolutions,
        int numHeads,
        int numHeadChannels,
        boolean resblockUpdown,
        boolean convResample,
        boolean useScaleShiftNorm,
        boolean rescaleResidual,
        double dropout,
        boolean useNewAttentionOrder,
        boolean useCheckpoint) {

    public TrunkConfig {
        channelMult = channelMult == null ? List.of() : List.copyOf(channelMult);
        attentionResolutions = attentionResolutions == null ? List.of() : List.copyOf(attentionResolutions);
        require(imageSize >= 1, "imageSize %d; at least 1 is needed", imageSize);
        require(inChannels >= 1, "inChannels %d; at least 1 is needed", inChannels);
        require(modelChannels >= 2, "modelChannels %d; at least 2 is needed", modelChannels);
        require(!channelMult.isEmpty(), "channelMult is empty; a multiplier for each level is needed");
        require(numResBlocks >= 0, "numResBlocks %d is negative", numResBlocks);
        require(numHeads >= 1, "numHeads %d; at least 1 is needed", numHeads);
        require(numHeadChannels == -1 || numHeadChannels >= 1, "numHeadChannels %d; -1 (use numHeads) or at least 1",
                numHeadChannels);
        require(dropout >= 0 && dropout < 1, "dropout %s; 0 <= p < 1 is needed", dropout);
        for (double mult : channelMult) {
            int channels = (int) (mult * modelChannels);
            require(channels >= 1 && channels % GroupNorm.GROUPS == 0,
                    "channelMult %s of modelChannels %d gives %d channels; a positive multiple of %d is needed",
                    mult, modelChannels, channels, GroupNorm.GROUPS);
        }
        for (int factor : attentionResolutions) {
            require(factor >= 1, "attentionResolutions has %d; they are downsampling factors 1, 2, 4, ...", factor);
        }
        checkHeads(channelMult, modelChannels, attentionResolutions, true, numHeads, numHeadChannels);
    }

    /** Starts from one level of one block, with everything else off and attention only in the middle. */
    public static TrunkConfigBuilder builder(int imageSize, int inChannels, int modelChannels) {
        return new TrunkConfigBuilder(imageSize, inChannels, modelChannels);
    }

    /**
     * Resolutions in pixels as the downsampling factors that {@code attentionResolutions} takes.
     *
     * @throws IllegalArgumentException if one does not divide the image size
     */
    public static List<Integer> factors(int imageSize, int... pixels) {
        return Arrays.stream(pixels).map(p -> {
            require(p >= 1 && imageSize % p == 0, "attention at %d pixels in images of %d; a divisor is needed", p,
                    imageSize);
            return imageSize / p;
        }).boxed().toList();
    }

    static void require(boolean condition, String message, Object... args) {
        if (!condition) {
            throw new IllegalArgumentException(message.formatted(args));
        }
    }

    /** Checks that heads divide the channels of the levels with attention, and of the middle block if asked to. */
    static void checkHeads(List<Double> channelMult, int modelChannels, List<Integer> attentionResolutions,
                           boolean middleToo, int numHeads, int numHeadChannels) {
        for (int level = 0; level < channelMult.size(); level++) {
            boolean middle = middleToo && level == channelMult.size() - 1;
            if (middle || attentionResolutions.contains(1 << level)) {
                int channels = (int) (channelMult.get(level) * modelChannels);
                int divisor = numHeadChannels == -1 ? numHeads : numHeadChannels;
                require(channels % divisor == 0, "attention over %d channels with %s %d; a divisor is needed", channels,
                        numHeadChannels == -1 ? "numHeads" : "numHeadChannels", divisor);
            }
        }
    }

    /** Number of resolutions. */
    int levels() {
        return channelMult.size();
    }

    /** Channels of level {@code i}, 0 being the full resolution. */
    int channels(int i) {
        return (int) (channelMult.get(i) * modelChannels);
    }

    int embeddingWidth() {
        return 4 * modelChannels;
    }

    /** Heads for that many channels, where {@code heads} counts if no channels of a head are given. */
    int headsFor(int channels, int heads) {
        return numHeadChannels == -1 ? heads : channels / numHeadChannels;
    }

    Packing packing() {
        return useNewAttentionOrder ? Packing.QKV_MAJOR : Packing.HEAD_MAJOR;
    }

    TrunkConfig withInChannels(int channels) {
        return new TrunkConfig(imageSize, channels, modelChannels, channelMult, numResBlocks, attentionResolutions,
                numHeads, numHeadChannels, resblockUpdown, convResample, useScaleShiftNorm, rescaleResidual, dropout,
                useNewAttentionOrder, useCheckpoint);
    }
}
