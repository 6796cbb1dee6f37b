package anneal.cli;

import anneal.model.ConvNextUNetConfig;
import anneal.model.ModelConfig;
import anneal.model.ResNetUNetConfig;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import java.util.LinkedHashMap;
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

    /**
     * Lays the options over any network that restores images.
     *
     * @param size height and width of the images, {@link #imageSize}
     * @throws IllegalArgumentException in one line, if the network has no such knob or they do not fit together
     */
    ModelConfig over(ModelConfig base, int size) {
        return switch (base) {
            case UNetConfig unet -> {
                var trunk = over(unet.trunk());
                yield new UNetConfig(trunk, trunk.inChannels(), false, unet.numHeadsUpsample(), 0, false);
            }
            case ConvNextUNetConfig c -> {
                refuse(base, "--res-blocks", resBlocks, "--attention", attention, "--dropout", dropout);
                yield new ConvNextUNetConfig(imageChannels(c.channels()),
                        Objects.requireNonNullElse(modelChannels, c.dim()), wholeMultiples(c.dimMults()),
                        c.timeEmbedding(), c.residual(), c.outputMeanScale());
            }
            case ResNetUNetConfig r -> {
                refuse(base);
                yield new ResNetUNetConfig(size, imageChannels(r.channels()),
                        Objects.requireNonNullElse(modelChannels, r.width()), wholeMultiples(r.mults()),
                        Objects.requireNonNullElse(resBlocks, r.numResBlocks()),
                        attention == null ? r.attentionPixels() : attention,
                        Objects.requireNonNullElse(dropout, r.dropout()));
            }
            default -> throw new IllegalArgumentException("a " + base.type() + " restores nothing");
        };
    }

    /** @param more name and value of further options that the network lacks, in turns */
    private void refuse(ModelConfig base, Object... more) {
        var given = new LinkedHashMap<String, Object>();
        given.put("--heads", heads);
        given.put("--head-channels", headChannels);
        given.put("--updown", updown);
        given.put("--scale-shift", scaleShift);
        given.put("--rescale-residual", rescaleResidual);
        for (int i = 0; i < more.length; i += 2) {
            given.put((String) more[i], more[i + 1]);
        }
        given.values().removeIf(Objects::isNull);
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("a %s network has no %s".formatted(base.type(),
                    String.join(", ", given.keySet())));
        }
    }

    private List<Integer> wholeMultiples(List<Integer> base) {
        if (channelMult == null) {
            return base;
        }
        return channelMult.stream().map(m -> {
            if (m != Math.rint(m)) {
                throw new IllegalArgumentException("--channel-mult " + m + ": this network takes whole numbers");
            }
            return m.intValue();
        }).toList();
    }

    /** @throws IllegalArgumentException in one line, if the knobs do not fit together */
    TrunkConfig over(TrunkConfig base) {
        if (heads != null && headChannels != null) {
            throw new IllegalArgumentException("--heads and --head-channels say the same thing twice: give one");
        }
        int size = imageSize(base.imageSize());
        return new TrunkConfig(
                size,
                imageChannels(base.inChannels()),
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

    /** Height and width of the images. */
    int imageSize(int base) {
        return Objects.requireNonNullElse(imageSize, base);
    }

    /** Channels of the images. */
    int imageChannels(int base) {
        return Objects.requireNonNullElse(channels, base);
    }

    private List<Integer> attentionFactors(int size) {
        return attention.equals(List.of(0)) ? List.of()
                : TrunkConfig.factors(size, attention.stream().mapToInt(Integer::intValue).toArray());
    }
}
