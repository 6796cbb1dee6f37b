package anneal.model;

import static anneal.model.TrunkConfig.require;

import anneal.nn.GroupNorm;
import java.util.List;

/**
 * The UNet of "Denoising Diffusion Probabilistic Models" (Ho et al. 2020), which Cold Diffusion uses for CIFAR-10.
 *
 * @param imageSize       height and width of the images: says where attentionPixels are
 * @param channels        of the images, in and out
 * @param width           base width; a multiple of 32
 * @param mults           width of each level of resolution as a multiple of the base
 * @param numResBlocks    residual blocks on each level (one more on the way up)
 * @param attentionPixels heights of the images where attention is
 * @param dropout         probability, 0 &lt;= p &lt; 1
 */
public record ResNetUNetConfig(int imageSize, int channels, int width, List<Integer> mults, int numResBlocks,
                               List<Integer> attentionPixels, double dropout) implements ModelConfig {
    static final String TYPE = "resnet";

    public ResNetUNetConfig {
        mults = mults == null ? List.of() : List.copyOf(mults);
        attentionPixels = attentionPixels == null ? List.of() : List.copyOf(attentionPixels);
        require(channels >= 1, "channels %d; at least 1 is needed", channels);
        require(width >= GroupNorm.GROUPS && width % GroupNorm.GROUPS == 0,
                "width %d; a positive multiple of %d is needed", width, GroupNorm.GROUPS);
        require(!mults.isEmpty(), "mults is empty; a multiplier for each level is needed");
        for (int mult : mults) {
            require(mult >= 1, "mults has %d; at least 1 is needed", mult);
        }
        int steps = 1 << (mults.size() - 1);
        require(imageSize >= 1 && imageSize % steps == 0, "imageSize %d with %d levels; a multiple of %d is needed",
                imageSize, mults.size(), steps);
        require(numResBlocks >= 0, "numResBlocks %d is negative", numResBlocks);
        require(dropout >= 0 && dropout < 1, "dropout %s; 0 <= p < 1 is needed", dropout);
    }

    /** The network of the published experiments on CIFAR-10, where {@code imageSize} is 32. */
    public static ResNetUNetConfig published(int imageSize, int channels) {
        return new ResNetUNetConfig(imageSize, channels, 128, List.of(1, 2, 2, 2), 2, List.of(16), 0.1);
    }

    @Override
    public int imageChannels() {
        return channels;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public ResNetUNet build() {
        return new ResNetUNet(this);
    }

    int levels() {
        return mults.size();
    }

    /** Channels of level {@code i}. */
    int width(int i) {
        return width * mults.get(i);
    }

    boolean hasAttention(int level) {
        return attentionPixels.contains(imageSize >> level);
    }
}
