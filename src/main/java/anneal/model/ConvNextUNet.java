package anneal.model;

import anneal.nn.Conv2d;
import anneal.nn.ConvNextBlock;
import anneal.nn.ConvTranspose2d;
import anneal.nn.DropoutState;
import anneal.nn.LinearAttentionBlock;
import anneal.nn.Linear;
import anneal.nn.Module;
import anneal.nn.SineTimeEmbedding;
import anneal.tensor.Concat;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The UNet of ConvNeXt blocks with linear attention of "Cold Diffusion" (Bansal et al. 2022), with its parameters'
 * original names. Each level's blocks widen first; the full resolution's result is never joined again on the way up.
 */
public final class ConvNextUNet extends Module implements ImageNetwork {
    private static final int MULTIPLE = 4;

    private final ConvNextUNetConfig config;
    private final SineTimeEmbedding time;
    private final List<Level> down = new ArrayList<>();
    private final List<Conv2d> shrink = new ArrayList<>();
    private final ConvNextBlock middle1;
    private final LinearAttentionBlock middleAttention;
    private final ConvNextBlock middle2;
    private final List<Level> up = new ArrayList<>();
    private final List<ConvTranspose2d> enlarge = new ArrayList<>();
    private final ConvNextBlock finalBlock;
    private final Linear out;
    private final DropoutState dropout = new DropoutState();

    private record Level(ConvNextBlock first, ConvNextBlock second, LinearAttentionBlock attention) {
        Tensor apply(Tensor x, Tensor embedding) {
            return attention.forward(second.forward(first.forward(x, embedding), embedding));
        }
    }

    public ConvNextUNet(ConvNextUNetConfig config) {
        this.config = config;
        int dim = config.dim();
        int last = config.levels() - 1;
        time = config.timeEmbedding()
                ? child("time_mlp", new SineTimeEmbedding(dim, MULTIPLE * dim, dim, "1", "3", Tensor::geluErf)) : null;
        int embedding = config.timeEmbedding() ? dim : 0;
        int channels = config.channels();
        for (int i = 0; i <= last; i++) {
            int width = config.width(i);
            down.add(level("downs." + i, new ConvNextBlock(channels, width, embedding, i != 0), width, embedding));
            if (i < last) {
                shrink.add(child("downs." + i + ".3", new Conv2d(width, width, 4, 2, 1)));
            }
            channels = width;
        }
        for (int i = last; i > 0; i--) {
            int width = config.width(i - 1);
            var name = "ups." + (last - i);
            up.add(level(name, new ConvNextBlock(2 * channels, width, embedding, true), width, embedding));
            enlarge.add(child(name + ".3", new ConvTranspose2d(width, width, 4, 2, 1)));
            channels = width;
        }
        int widest = config.width(last);
        middle1 = child("mid_block1", new ConvNextBlock(widest, widest, embedding, true));
        middleAttention = child("mid_attn", new LinearAttentionBlock(widest));
        middle2 = child("mid_block2", new ConvNextBlock(widest, widest, embedding, true));
        finalBlock = child("final_conv.0", new ConvNextBlock(dim, dim, 0, true));
        out = child("final_conv.1", Linear.conv1x1(dim, config.channels()));
    }

    private Level level(String name, ConvNextBlock first, int width, int embedding) {
        return new Level(child(name + ".0", first),
                child(name + ".1", new ConvNextBlock(width, width, embedding, true)),
                child(name + ".2", new LinearAttentionBlock(width)));
    }

    public ConvNextUNetConfig config() {
        return config;
    }

    @Override
    public DropoutState dropout() {
        return dropout;
    }

    /**
     * One evaluation.
     *
     * @param x [N, H, W, channels]; height and width multiples of 2^(levels - 1)
     * @param t [N], I32 or floating; ignored, and may be null, without a time embedding
     * @return like x
     */
    @Override
    public Tensor forward(Tensor x, Tensor t) {
        ImageShapes.check(x, config.channels(), config.levels());
        if (time != null && t == null) {
            throw new IllegalArgumentException("a network with a time embedding needs the time");
        }
        return result(scoped(in -> restored(in[0], in[1]), x, time == null ? null : t));
    }

    private Tensor restored(Tensor x, Tensor t) {
        var embedding = time == null ? null : time.forward(t).geluErf();
        var skips = new ArrayList<Tensor>();
        var h = x.toFloating();
        for (int i = 0; i < down.size(); i++) {
            h = down.get(i).apply(h, embedding);
            skips.add(h);
            h = i < shrink.size() ? shrink.get(i).forward(h) : h;
        }
        h = middle2.forward(middleAttention.forward(middle1.forward(h, embedding)), embedding);
        for (int i = 0; i < up.size(); i++) {
            var joined = Concat.concat(3, h, skips.removeLast());
            h = enlarge.get(i).forward(up.get(i).apply(joined, embedding));
        }
        var y = out.forward(finalBlock.forward(h, null)).toWide();
        if (config.residual()) {
            return y.add(x);
        }
        return config.outputMeanScale() ? y.add(mean(y).sub(mean(x))) : y;
    }

    private static Tensor mean(Tensor x) {
        return x.mean(true, 1, 2, 3);
    }
}
