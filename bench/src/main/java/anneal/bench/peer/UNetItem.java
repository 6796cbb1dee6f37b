package anneal.bench.peer;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionConfig;
import anneal.diffusion.LossType;
import anneal.diffusion.MeanType;
import anneal.diffusion.VarianceType;
import anneal.io.TensorData;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.tensor.Device;
import java.util.Arrays;
import java.util.Map;

/**
 * A whole ADM UNet: one evaluation without gradients, or one step of training (hybrid loss, clipping, AdamW, an average
 * of the weights).
 *
 * @param model what the table calls it
 */
public record UNetItem(String model, UNetConfig config, int batch, boolean train) implements Item {
    private static final int STEPS = 1000;
    private static final double FORWARD_TOLERANCE = 1e-5;
    private static final double GRADIENT_TOLERANCE = 1e-4;
    private static final int[] LEVELS_WITH_ATTENTION = {16, 8};

    /** The UNet of 11.1 million parameters that the figures of the design are about. */
    public static UNetConfig adm32() {
        var trunk = TrunkConfig.builder(32, 3, 64).channelMult(1, 2, 2, 2).numResBlocks(2)
                .attentionAtPixels(LEVELS_WITH_ATTENTION).numHeadChannels(64).resblockUpdown(true)
                .useScaleShiftNorm(true).build();
        return new UNetConfig(trunk, true);
    }

    /** guided-diffusion's published model for ImageNet at 64x64, of 296 million parameters; without dropout. */
    public static UNetConfig adm64() {
        var trunk = TrunkConfig.builder(64, 3, 192).channelMult(1, 2, 3, 4).numResBlocks(3)
                .attentionAtPixels(32, 16, 8).numHeadChannels(64).resblockUpdown(true).useScaleShiftNorm(true)
                .useNewAttentionOrder(true).build();
        return new UNetConfig(trunk, 3, true, -1, 1000, false);
    }

    @Override
    public String name() {
        return "unet-%s/batch%d/%s".formatted(model, batch, train ? "training-step" : "forward");
    }

    @Override
    public Map<String, Object> spec() {
        return Map.of("kind", "unet", "train", train, "config", config, "optimizer", UNetTraining.Settings.DEFAULT);
    }

    static DiffusionConfig process(boolean learnedVariance) {
        return new DiffusionConfig(BetaSchedule.named("linear"), STEPS, "", MeanType.EPSILON,
                learnedVariance ? VarianceType.LEARNED_RANGE : VarianceType.FIXED_LARGE, LossType.RESCALED_MSE, false);
    }

    /** Weights that leave no layer at zero, unlike a fresh model's, and keep the numbers of order one. */
    @Override
    public Numbers numbers() {
        int size = config.trunk().imageSize();
        int channels = config.trunk().inChannels();
        var numbers = new Numbers("unet-" + model)
                .normal("x", batch, size, size, channels)
                .normal("noise", batch, size, size, channels)
                .integers("t", 1, STEPS, batch)
                .values("betas", BetaSchedule.named("linear").betas(STEPS));
        if (config.labelRows() > 0) {
            numbers.integers("y", 0, config.labelRows(), batch);
        }
        config.build().parameters().forEach((name, p) -> {
            int[] dims = p.checkpointShape();
            int fanIn = Arrays.stream(dims).skip(1).reduce(1, Math::multiplyExact);
            double deviation = dims.length == 1 ? 0.1 : 1 / Math.sqrt(fanIn);
            boolean isGain = dims.length == 1 && name.endsWith("weight");
            numbers.normal("weight." + name, deviation, isGain ? 1 : 0, dims);
        });
        return numbers;
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        return train ? new UNetTraining(config, device, inputs) : new UNetEvaluation(config, device, inputs);
    }

    /** The weights once, and the images in and out; what lies between depends on how it is computed. */
    @Override
    public double elements() {
        int size = config.trunk().imageSize();
        return config.build().parameterCount()
                + (double) batch * size * size * (config.trunk().inChannels() + config.networkOutChannels());
    }

    @Override
    public Work work() {
        return Work.images(batch);
    }

    @Override
    public double tolerance() {
        return train ? GRADIENT_TOLERANCE : FORWARD_TOLERANCE;
    }

    @Override
    public boolean isNetwork() {
        return true;
    }
}
