package anneal.model;

import java.util.Arrays;
import java.util.List;

/** Sets the knobs of a {@link TrunkConfig} one by one. Its defaults are guided-diffusion's plain UNet. */
public final class TrunkConfigBuilder {
    private final int imageSize;
    private final int inChannels;
    private final int modelChannels;
    private List<Double> channelMult = List.of(1.0);
    private int numResBlocks = 1;
    private List<Integer> attentionResolutions = List.of();
    private int numHeads = 1;
    private int numHeadChannels = -1;
    private boolean resblockUpdown;
    private boolean convResample = true;
    private boolean useScaleShiftNorm;
    private boolean rescaleResidual;
    private double dropout;
    private boolean useNewAttentionOrder;
    private boolean useCheckpoint;

    TrunkConfigBuilder(int imageSize, int inChannels, int modelChannels) {
        this.imageSize = imageSize;
        this.inChannels = inChannels;
        this.modelChannels = modelChannels;
    }

    public TrunkConfigBuilder channelMult(double... multipliers) {
        channelMult = Arrays.stream(multipliers).boxed().toList();
        return this;
    }

    public TrunkConfigBuilder numResBlocks(int count) {
        numResBlocks = count;
        return this;
    }

    /** Downsampling factors. */
    public TrunkConfigBuilder attentionResolutions(List<Integer> factors) {
        attentionResolutions = factors;
        return this;
    }

    /** Resolutions in pixels. */
    public TrunkConfigBuilder attentionAtPixels(int... pixels) {
        return attentionResolutions(TrunkConfig.factors(imageSize, pixels));
    }

    public TrunkConfigBuilder numHeads(int heads) {
        numHeads = heads;
        return this;
    }

    public TrunkConfigBuilder numHeadChannels(int channels) {
        numHeadChannels = channels;
        return this;
    }

    public TrunkConfigBuilder resblockUpdown(boolean on) {
        resblockUpdown = on;
        return this;
    }

    public TrunkConfigBuilder convResample(boolean on) {
        convResample = on;
        return this;
    }

    public TrunkConfigBuilder useScaleShiftNorm(boolean on) {
        useScaleShiftNorm = on;
        return this;
    }

    public TrunkConfigBuilder rescaleResidual(boolean on) {
        rescaleResidual = on;
        return this;
    }

    public TrunkConfigBuilder dropout(double p) {
        dropout = p;
        return this;
    }

    public TrunkConfigBuilder useNewAttentionOrder(boolean on) {
        useNewAttentionOrder = on;
        return this;
    }

    public TrunkConfigBuilder useCheckpoint(boolean on) {
        useCheckpoint = on;
        return this;
    }

    /** @throws IllegalArgumentException in one line, if the knobs do not fit together */
    public TrunkConfig build() {
        return new TrunkConfig(imageSize, inChannels, modelChannels, channelMult, numResBlocks, attentionResolutions,
                numHeads, numHeadChannels, resblockUpdown, convResample, useScaleShiftNorm, rescaleResidual, dropout,
                useNewAttentionOrder, useCheckpoint);
    }
}
