package anneal.model;

import anneal.kernel.Resample;
import anneal.nn.AttentionBlock;
import anneal.nn.BlockOptions;
import anneal.nn.BlockSequence;
import anneal.nn.Conv2d;
import anneal.nn.Downsample;
import anneal.nn.DropoutState;
import anneal.nn.Embedding;
import anneal.nn.Module;
import anneal.nn.ResBlock;
import anneal.nn.TimestepEmbedding;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The embedding, the way down and the middle: what the UNet and the noisy classifier share. Works in its caller's
 * scope, because the caller needs every block's result.
 */
final class Trunk extends Module {
    private final TrunkConfig config;
    private final BlockOptions options;
    private final TimestepEmbedding timeEmbed;
    private final Embedding labelEmb;
    private final List<BlockSequence> inputBlocks = new ArrayList<>();
    private final List<Integer> blockChannels = new ArrayList<>();
    private final BlockSequence middle;

    /** @param labels rows of the label table, 0 for none */
    Trunk(TrunkConfig config, int labels) {
        this.config = config;
        options = new BlockOptions(config.embeddingWidth(), config.useScaleShiftNorm(), config.rescaleResidual(),
                config.dropout(), config.useCheckpoint(), new DropoutState());
        timeEmbed = child("time_embed", new TimestepEmbedding(config.modelChannels(), config.embeddingWidth()));
        labelEmb = labels == 0 ? null : child("label_emb", new Embedding(labels, config.embeddingWidth()));
        int channels = config.channels(0);
        push(new BlockSequence().add(new Conv2d(config.inChannels(), channels, 3)), channels);
        for (int level = 0; level < config.levels(); level++) {
            channels = level(level, channels);
        }
        middle = child("middle_block", new BlockSequence()
                .add(new ResBlock(channels, channels, options, Resample.NONE))
                .add(attention(channels, config.numHeads()))
                .add(new ResBlock(channels, channels, options, Resample.NONE)));
    }

    private int level(int level, int before) {
        int channels = before;
        for (int i = 0; i < config.numResBlocks(); i++) {
            var block = new BlockSequence().add(new ResBlock(channels, config.channels(level), options, Resample.NONE));
            channels = config.channels(level);
            if (hasAttention(level)) {
                block.add(attention(channels, config.numHeads()));
            }
            push(block, channels);
        }
        if (level < config.levels() - 1) {
            var down = new BlockSequence();
            if (config.resblockUpdown()) {
                down.add(new ResBlock(channels, channels, options, Resample.DOWN));
            } else {
                down.add(new Downsample(channels, config.convResample()));
            }
            push(down, channels);
        }
        return channels;
    }

    private void push(BlockSequence block, int channels) {
        inputBlocks.add(child("input_blocks." + inputBlocks.size(), block));
        blockChannels.add(channels);
    }

    boolean hasAttention(int level) {
        return config.attentionResolutions().contains(1 << level);
    }

    AttentionBlock attention(int channels, int heads) {
        return new AttentionBlock(channels, config.headsFor(channels, heads), config.packing(), options);
    }

    BlockOptions options() {
        return options;
    }

    /** Channels of every input block's result, in order. */
    List<Integer> blockChannels() {
        return blockChannels;
    }

    /** Channels that leave the middle. */
    int channels() {
        return blockChannels.getLast();
    }

    /**
     * SiLU of the embedding of t and y, which every residual block takes.
     *
     * @param t [N], I32 or floating
     * @param y I32 [N], or null for a network without labels
     * @return [N, 4 modelChannels]
     */
    Tensor embedding(Tensor t, Tensor y) {
        if ((y == null) != (labelEmb == null)) {
            throw new IllegalArgumentException(y == null ? "a class-conditional model needs labels"
                    : "labels for an unconditional model");
        }
        return scoped(in -> {
            var e = timeEmbed.forward(in[0]);
            return (labelEmb == null ? e : e.add(labelEmb.forward(in[1]))).silu();
        }, t, y);
    }

    /** Results of every input block. */
    List<Tensor> descend(Tensor x, Tensor embedding) {
        if (x.rank() != 4 || x.dim(3) != config.inChannels()) {
            throw new IllegalArgumentException("an input " + x.shape() + " for a network of images [N, H, W, "
                    + config.inChannels() + "]");
        }
        var results = new ArrayList<Tensor>();
        var h = x;
        for (var block : inputBlocks) {
            h = block.apply(h, embedding);
            results.add(h);
        }
        return results;
    }

    Tensor middle(Tensor h, Tensor embedding) {
        return middle.apply(h, embedding);
    }
}
