package anneal.parity;

import anneal.kernel.Precision;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * How far a result may be from its reference when a device stores or multiplies less than float32: a bar for
 * ||x - ref|| / ||ref|| of every tensor, from how often numbers are rounded on their way to it. docs/precision.md
 * derives it and shows measured errors beside it.
 *
 * <p>Errors of d roundings, each relative to what it rounds by {@link #unit} in the root mean square, add up to unit
 * sqrt(d) where they are independent. {@link #CONDITION} is for what is not: sums whose terms cancel, functions that
 * are steeper than straight lines, roundings that agree. Where a case magnifies errors by more than that, its own
 * {@link Conditioning} says by how much.
 */
final class PrecisionBars {
    private static final double CONDITION = 4;
    /** Inputs, one or two intermediate results and the result; a gradient passes them once more. */
    private static final int OPERATION = 8;
    /** A line of a paper: coefficients, products, sums, an exponential, a mean. */
    private static final int FORMULA = 16;
    /** Of x_t and of what a step makes of it: x_0, the mean, noise. */
    private static final int SAMPLING_STEP = 6;
    /** norm with its activation, convolution, twice, and the sum. */
    private static final int RESIDUAL_BLOCK = 5;
    private static final int LAYERS_OF_RESIDUAL_BLOCK = 4;
    /** norm, qkv, probabilities, their sum, projection with the sum. */
    private static final int ATTENTION_BLOCK = 5;
    private static final int LAYERS_OF_ATTENTION_BLOCK = 3;
    /** Embedding of t, its two layers, the first and the last convolution, the last norm. */
    private static final int ENDS = 6;
    private static final int LAYERS_OF_ENDS = 5;
    /** Kinds without a network, which every precision computes in float32. */
    private static final Set<String> FLOAT32 = Set.of("q_sample", "q_posterior", "p_mean_variance", "vb_terms",
            "prior_bpd", "losses_fn", "training_loss_raw", "timestep_embedding", "adamw", "ema", "fp16_scale");

    private PrecisionBars() {
    }

    /** Whether a case is held to the manifest's own tolerances, because all of it is computed in float32. */
    static boolean isFloat32(Precision precision, Manifest.Case entry) {
        return precision == Precision.FP32 || FLOAT32.contains(entry.kind());
    }

    /** The bar of a case's tensors, from the number of roundings alone. */
    static double of(Precision precision, Manifest manifest, Manifest.Case entry) {
        return CONDITION * unit(precision) * Math.sqrt(roundings(manifest, entry));
    }

    /**
     * The bar of a tensor that one rounding of what the case is given changes by {@code change}. That disturbs a network
     * once for every layer on its way, whose n changes add up to this one; {@link #roundings} says how many there are
     * on a device. An operation's inputs are rounded once on a device too.
     */
    static double of(Precision precision, Manifest manifest, Manifest.Case entry, double change) {
        double layers = networks(manifest, entry.config(), LAYERS_OF_ENDS, LAYERS_OF_RESIDUAL_BLOCK,
                LAYERS_OF_ATTENTION_BLOCK);
        double more = layers == 0 ? 1 : Math.sqrt(roundings(manifest, entry) / layers);
        return Math.max(of(precision, manifest, entry), CONDITION * change * more);
    }

    /**
     * Root mean square of one rounding's relative error. A number of p bits is off by up to 2^-p of its power of two:
     * evenly spread, by 2^-p / sqrt(3), and relative to numbers spread over a power of two by 0.68 of that, 0.39 2^-p.
     * bfloat16 has 8 bits. A product in TF32 rounds both factors to 11: sqrt(2) of it.
     */
    static double unit(Precision precision) {
        return switch (precision) {
            case FP32 -> 0.39 * 0x1p-24;
            case TF32 -> 0.39 * Math.sqrt(2) * 0x1p-11;
            case BF16 -> 0.39 * 0x1p-8;
        };
    }

    /** Roundings one after another on the longest way from a case's inputs to its results. */
    static double roundings(Manifest manifest, Manifest.Case entry) {
        var config = entry.config();
        double network = networks(manifest, config, ENDS, RESIDUAL_BLOCK, ATTENTION_BLOCK);
        return switch (entry.kind()) {
            case "op" -> OPERATION;
            case "unet", "encoder" -> 2 * network;
            case "sample" -> network + steps(entry) * SAMPLING_STEP;
            case "calc_bpd_loop" -> network + 2 * FORMULA;
            case "train_steps" -> config.path("steps").asInt(1) * (2 * network + FORMULA);
            default -> (network == 0 ? 0 : 2 * network) + FORMULA;
        };
    }

    /** Steps of a sampler: what its first result has one row for. */
    private static long steps(Manifest.Case entry) {
        return entry.expected().getFirst().shape()[0];
    }

    private static double networks(Manifest manifest, JsonNode config, int ends, int residual, int attention) {
        double all = 0;
        for (var field : new String[] {"model", "classifier"}) {
            if (config.hasNonNull(field) && manifest.models().containsKey(config.get(field).asText())) {
                all += network(manifest.model(config.get(field).asText()), ends, residual, attention);
            }
        }
        return all;
    }

    /**
     * A UNet's longest way goes down and up again, an encoder's down only.
     *
     * @param ofEnds      what the ends count
     * @param ofResidual  what a residual block counts
     * @param ofAttention what an attention block counts
     */
    private static double network(Manifest.Model model, int ofEnds, int ofResidual, int ofAttention) {
        var args = model.args();
        int levels = args.path("channel_mult").size();
        int blocks = args.path("num_res_blocks").asInt();
        boolean down = model.className().startsWith("Encoder");
        int residual = levels * blocks + levels - 1 + 2;
        int attending = 1;
        for (int level = 0; level < levels; level++) {
            if (attends(args.path("attention_resolutions"), 1 << level)) {
                attending += down ? blocks : 2 * blocks + 1;
            }
        }
        if (!down) {
            residual += levels * (blocks + 1) + levels - 1;
        }
        return ofEnds + ofResidual * residual + ofAttention * attending;
    }

    private static boolean attends(JsonNode resolutions, int downsampling) {
        for (var r : resolutions) {
            if (r.asInt() == downsampling) {
                return true;
            }
        }
        return false;
    }
}
