package anneal.model;

import static anneal.model.TrunkConfig.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Translates what guided-diffusion calls a model into our configs: either constructor arguments (attention as
 * downsampling factors) or the scripts' flags (attention in pixels, multipliers implied by the image size).
 */
final class GuidedDiffusionArguments {
    /** The number of ImageNet's classes, fixed in guided-diffusion's scripts. */
    private static final int IMAGENET_CLASSES = 1000;
    private static final int RGB = 3;

    private GuidedDiffusionArguments() {
    }

    static UNetConfig unet(JsonNode args) {
        int inChannels = integer(args, "in_channels");
        int outChannels = integer(args, "out_channels");
        boolean learned = outChannels == 2 * inChannels;
        return new UNetConfig(trunk(args), learned ? inChannels : outChannels, learned,
                args.path("num_heads_upsample").asInt(-1), args.path("num_classes").asInt(0), false);
    }

    static ClassifierConfig classifier(JsonNode args) {
        var pool = args.path("pool").asText("adaptive");
        return new ClassifierConfig(trunk(args), integer(args, "out_channels"), pooling(pool));
    }

    private static TrunkConfig trunk(JsonNode args) {
        require(args.path("dims").asInt(2) == 2, "a model of %s dimensions; 2 are supported", args.path("dims"));
        return TrunkConfig.builder(integer(args, "image_size"), integer(args, "in_channels"),
                        integer(args, "model_channels"))
                .numResBlocks(integer(args, "num_res_blocks"))
                .attentionResolutions(elements(args, "attention_resolutions").map(JsonNode::asInt).toList())
                .dropout(args.path("dropout").asDouble(0))
                .channelMult(elements(args, "channel_mult").mapToDouble(JsonNode::asDouble).toArray())
                .convResample(args.path("conv_resample").asBoolean(true))
                .numHeads(args.path("num_heads").asInt(1))
                .numHeadChannels(args.path("num_head_channels").asInt(-1))
                .useScaleShiftNorm(args.path("use_scale_shift_norm").asBoolean(false))
                .resblockUpdown(args.path("resblock_updown").asBoolean(false))
                .useNewAttentionOrder(args.path("use_new_attention_order").asBoolean(false))
                .useCheckpoint(args.path("use_checkpoint").asBoolean(false))
                .build();
    }

    static UNetConfig unetFlags(JsonNode flags) {
        int size = integer(flags, "image_size");
        var given = flags.path("channel_mult").asText("");
        var multipliers = given.isEmpty() ? multipliers(size)
                : Arrays.stream(given.split(",")).mapToDouble(Double::parseDouble).toArray();
        return unetFlags(flags, size, multipliers);
    }

    static SuperResConfig superResFlags(JsonNode flags) {
        int size = integer(flags, "large_size");
        return new SuperResConfig(unetFlags(flags, size, size == 512 ? multipliers(256) : multipliers(size)));
    }

    private static UNetConfig unetFlags(JsonNode flags, int size, double[] multipliers) {
        var trunk = TrunkConfig.builder(size, RGB, integer(flags, "num_channels"))
                .channelMult(multipliers)
                .numResBlocks(integer(flags, "num_res_blocks"))
                .attentionAtPixels(pixels(flags, "attention_resolutions"))
                .numHeads(flags.path("num_heads").asInt(1))
                .numHeadChannels(flags.path("num_head_channels").asInt(-1))
                .resblockUpdown(flags.path("resblock_updown").asBoolean(false))
                .useScaleShiftNorm(flags.path("use_scale_shift_norm").asBoolean(true))
                .dropout(flags.path("dropout").asDouble(0))
                .useNewAttentionOrder(flags.path("use_new_attention_order").asBoolean(false))
                .useCheckpoint(flags.path("use_checkpoint").asBoolean(false))
                .build();
        return new UNetConfig(trunk, RGB, flags.path("learn_sigma").asBoolean(false),
                flags.path("num_heads_upsample").asInt(-1),
                flags.path("class_cond").asBoolean(false) ? IMAGENET_CLASSES : 0, false);
    }

    static ClassifierConfig classifierFlags(JsonNode flags) {
        int size = integer(flags, "image_size");
        var trunk = TrunkConfig.builder(size, RGB, integer(flags, "classifier_width"))
                .channelMult(multipliers(size))
                .numResBlocks(integer(flags, "classifier_depth"))
                .attentionAtPixels(pixels(flags, "classifier_attention_resolutions"))
                .numHeadChannels(64)
                .resblockUpdown(flags.path("classifier_resblock_updown").asBoolean(true))
                .useScaleShiftNorm(flags.path("classifier_use_scale_shift_norm").asBoolean(true))
                .build();
        var pool = pooling(flags.path("classifier_pool").asText("attention"));
        return new ClassifierConfig(trunk, IMAGENET_CLASSES, pool);
    }

    /** The levels that guided-diffusion's scripts imply by an image size. */
    private static double[] multipliers(int imageSize) {
        return switch (imageSize) {
            case 512 -> new double[] {0.5, 1, 1, 2, 2, 4, 4};
            case 256 -> new double[] {1, 1, 2, 2, 4, 4};
            case 128 -> new double[] {1, 1, 2, 3, 4};
            case 64 -> new double[] {1, 2, 3, 4};
            default -> throw new IllegalArgumentException("image size " + imageSize + " implies no channel multipliers;"
                    + " 64, 128, 256 and 512 do");
        };
    }

    private static Pooling pooling(String name) {
        for (var pool : Pooling.values()) {
            if (pool.name().toLowerCase(Locale.ROOT).equals(name)) {
                return pool;
            }
        }
        throw new IllegalArgumentException("pool '" + name + "'; adaptive, attention, spatial and spatial_v2"
                + " are known");
    }

    private static int[] pixels(JsonNode flags, String name) {
        var text = flags.path(name).asText("");
        return text.isEmpty() ? new int[0] : Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static Stream<JsonNode> elements(JsonNode args, String name) {
        var node = args.path(name);
        require(node.isArray(), "'%s' is missing or not a list", name);
        return StreamSupport.stream(node.spliterator(), false);
    }

    private static int integer(JsonNode node, String name) {
        var value = node.path(name);
        require(value.isIntegralNumber(), "'%s' is missing or not a whole number", name);
        return value.asInt();
    }
}
