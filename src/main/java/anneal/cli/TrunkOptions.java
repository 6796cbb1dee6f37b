package anneal.cli;

import anneal.model.TrunkConfig;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Option;

/** The shape of a network; what is not given stays as the preset, or the run that is resumed, has it. */
final class TrunkOptions {

    @Option(names = "--image-size", paramLabel = "PIXELS", description = "Height and width of the images.")
    private Integer imageSize;

    @Option(names = "--channels", paramLabel = "1|3", description = "Channels of the images: 1 is grey, 3 is RGB.")
    private Integer channels;

    @Option(names = "--model-channels", paramLabel = "N", description = "Base width of the network.")
    private Integer modelChannels;

    @Option(names = "--channel-mult", paramLabel = "X", split = ",",
            description = "Width of each resolution as multiples of the base width, as in 1,2,2,2.")
    private List<Double> channelMult;

    @Option(names = "--res-blocks", paramLabel = "N", description = "Residual blocks at each resolution.")
    private Integer resBlocks;

    @Option(names = "--attention", paramLabel = "PIXELS", split = ",",
            description = "Resolutions with attention, as in 16,8; 0 for none but the middle.")
    private List<Integer> attention;

    @Option(names = "--heads", paramLabel = "N", description = "Heads of every attention.")
    private Integer heads;

    @Option(names = "--head-channels", paramLabel = "N", description = "Channels of a head, instead of --heads.")
    private Integer headChannels;

    @Option(names = "--updown", negatable = true,
            description = "Residual blocks change the resolution (BigGAN), or layers of their own do (--no-updown).")
    private Boolean updown;

    @Option(names = "--scale-shift", negatable = true,
            description = "The time embedding scales and shifts (AdaGN), or is added (--no-scale-shift).")
    private Boolean scaleShift;

    @Option(names = "--rescale-residual", negatable = true, description = "Residual sums are divided by sqrt(2).")
    private Boolean rescaleResidual;

    @Option(names = "--dropout", paramLabel = "P", description = "Probability of dropout in residual blocks.")
    private Double dropout;

    /** @throws IllegalArgumentException in one line, if the knobs do not fit together */
    TrunkConfig over(TrunkConfig base) {
        if (heads != null && headChannels != null) {
            throw new IllegalArgumentException("--heads and --head-channels say the same thing twice: give one");
        }
        int size = Objects.requireNonNullElse(imageSize, base.imageSize());
        return new TrunkConfig(
                size,
                imageChannels(base),
                Objects.requireNonNullElse(modelChannels, base.modelChannels()),
                channelMult == null ? base.channelMult() : channelMult,
                Objects.requireNonNullElse(resBlocks, base.numResBlocks()),
                attention == null ? base.attentionResolutions() : attentionFactors(size),
                Objects.requireNonNullElse(heads, base.numHeads()),
                heads != null ? -1 : Objects.requireNonNullElse(headChannels, base.numHeadChannels()),
                Objects.requireNonNullElse(updown, base.resblockUpdown()),
                base.convResample(),
                Objects.requireNonNullElse(scaleShift, base.useScaleShiftNorm()),
                Objects.requireNonNullElse(rescaleResidual, base.rescaleResidual()),
                Objects.requireNonNullElse(dropout, base.dropout()),
                base.useNewAttentionOrder(),
                base.useCheckpoint());
    }

    /** Channels of the images. */
    int imageChannels(TrunkConfig base) {
        return Objects.requireNonNullElse(channels, base.inChannels());
    }

    private List<Integer> attentionFactors(int size) {
        return attention.equals(List.of(0)) ? List.of()
                : TrunkConfig.factors(size, attention.stream().mapToInt(Integer::intValue).toArray());
    }
}
