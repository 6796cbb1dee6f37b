package anneal.model;

import anneal.kernel.Resample;
import anneal.nn.BlockSequence;
import anneal.nn.Conv2d;
import anneal.nn.DropoutState;
import anneal.nn.GroupNorm;
import anneal.nn.Module;
import anneal.nn.ResBlock;
import anneal.nn.Upsample;
import anneal.tensor.Concat;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The UNet of "Diffusion Models Beat GANs on Image Synthesis" (section 3 and appendix; guided-diffusion, unet.py,
 * UNetModel), with its parameters' original names.
 */
public final class UNet extends Module implements ImageNetwork {
    private final UNetConfig config;
    private final Trunk trunk;
    private final List<BlockSequence> outputBlocks = new ArrayList<>();
    private final GroupNorm outNorm;
    private final Conv2d outConv;

    public UNet(UNetConfig config) {
        this.config = config;
        trunk = child("", new Trunk(config.trunk(), config.labelRows()));
        int channels = trunk.channels();
        var skips = new ArrayList<>(trunk.blockChannels());
        for (int level = config.trunk().levels() - 1; level >= 0; level--) {
            for (int i = 0; i <= config.trunk().numResBlocks(); i++) {
                boolean last = i == config.trunk().numResBlocks();
                outputBlock(channels + skips.removeLast(), level, last && level > 0);
                channels = config.trunk().channels(level);
            }
        }
        outNorm = child("out.0", new GroupNorm(channels));
        outConv = child("out.2", Conv2d.zero(channels, config.networkOutChannels(), 3));
    }

    private void outputBlock(int in, int level, boolean upsample) {
        int out = config.trunk().channels(level);
        var block = new BlockSequence().add(new ResBlock(in, out, trunk.options(), Resample.NONE));
        if (trunk.hasAttention(level)) {
            boolean asDown = config.numHeadsUpsample() == -1;
            block.add(trunk.attention(out, asDown ? config.trunk().numHeads() : config.numHeadsUpsample()));
        }
        if (upsample && config.trunk().resblockUpdown()) {
            block.add(new ResBlock(out, out, trunk.options(), Resample.UP));
        } else if (upsample) {
            block.add(new Upsample(out, config.trunk().convResample()));
        }
        outputBlocks.add(child("output_blocks." + outputBlocks.size(), block));
    }

    public UNetConfig config() {
        return config;
    }

    @Override
    public DropoutState dropout() {
        return trunk.options().dropoutState();
    }

    /** One evaluation of an unconditional model, see {@link #forward(Tensor, Tensor, Tensor)}. */
    @Override
    public Tensor forward(Tensor x, Tensor t) {
        return forward(x, t, null);
    }

    /**
     * One evaluation.
     *
     * @param x [N, H, W, inChannels]; height and width need not be the config's, but multiples of 2^(levels-1)
     * @param t [N], the timestep as the embedding takes it; I32 or floating
     * @param y I32 [N], labels (the last row is the null class if there is one); null for an unconditional model
     * @return [N, H, W, networkOutChannels]: the prediction, then with a learned variance as many channels for it
     */
    public Tensor forward(Tensor x, Tensor t, Tensor y) {
        int steps = 1 << (config.trunk().levels() - 1);
        if (x.rank() == 4 && (x.dim(1) % steps != 0 || x.dim(2) % steps != 0)) {
            throw new IllegalArgumentException("images of " + x.dim(1) + "x" + x.dim(2) + " for a UNet of "
                    + config.trunk().levels() + " levels; multiples of " + steps + " are needed");
        }
        return scoped(in -> {
            var e = trunk.embedding(in[1], in[2]);
            var skips = trunk.descend(in[0].toFloating(), e);
            var h = trunk.middle(skips.getLast(), e);
            for (var block : outputBlocks) {
                h = scoped(part -> block.apply(Concat.concat(3, part[0], part[1]), part[2]), h, skips.removeLast(), e);
            }
            return outConv.afterNorm(outNorm, h, Resample.NONE, null, null, null).toWide();
        }, x, t, y);
    }
}
