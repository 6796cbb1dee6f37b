package anneal.model;

import anneal.kernel.Resample;
import anneal.nn.Conv2d;
import anneal.nn.DdpmAttention;
import anneal.nn.DdpmDownsample;
import anneal.nn.DdpmResBlock;
import anneal.nn.DropoutState;
import anneal.nn.GroupNorm;
import anneal.nn.Module;
import anneal.nn.SineTimeEmbedding;
import anneal.nn.Upsample;
import anneal.tensor.Concat;
import anneal.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The UNet of "Denoising Diffusion Probabilistic Models" (Ho et al. 2020, appendix B), with the parameters' names of
 * its PyTorch version in Cold Diffusion's code.
 */
public final class ResNetUNet extends Module implements ImageNetwork {
    private static final int MULTIPLE = 4;
    private static final double EPS = 1e-6;

    private final ResNetUNetConfig config;
    private final SineTimeEmbedding time;
    private final Conv2d in;
    private final List<List<Step>> down = new ArrayList<>();
    private final List<DdpmDownsample> shrink = new ArrayList<>();
    private final Step middle1;
    private final DdpmResBlock middle2;
    /** By level, the full resolution first. */
    private final List<List<Step>> up = new ArrayList<>();
    private final List<Upsample> enlarge = new ArrayList<>();
    private final GroupNorm outNorm;
    private final Conv2d out;
    private final DropoutState dropout = new DropoutState();

    /** A residual block, and perhaps attention. */
    private record Step(DdpmResBlock block, DdpmAttention attention) {
        Tensor apply(Tensor x, Tensor embedding) {
            var h = block.forward(x, embedding);
            return attention == null ? h : attention.forward(h);
        }
    }

    public ResNetUNet(ResNetUNetConfig config) {
        this.config = config;
        int embedding = MULTIPLE * config.width();
        time = child("temb", new SineTimeEmbedding(config.width(), embedding, embedding, "dense.0", "dense.1",
                Tensor::silu));
        in = child("conv_in", new Conv2d(config.channels(), config.width(), 3));
        int last = config.levels() - 1;
        int channels = config.width();
        Deque<Integer> skips = new ArrayDeque<>(List.of(channels));
        for (int level = 0; level <= last; level++) {
            var steps = new ArrayList<Step>();
            for (int i = 0; i < config.numResBlocks(); i++) {
                steps.add(step("down." + level, i, channels, level));
                channels = config.width(level);
                skips.push(channels);
            }
            down.add(steps);
            if (level < last) {
                shrink.add(child("down." + level + ".downsample", new DdpmDownsample(channels)));
                skips.push(channels);
            }
        }
        middle1 = new Step(child("mid.block_1", block(channels, channels)),
                child("mid.attn_1", new DdpmAttention(channels)));
        middle2 = child("mid.block_2", block(channels, channels));
        for (int level = last; level >= 0; level--) {
            var steps = new ArrayList<Step>();
            for (int i = 0; i <= config.numResBlocks(); i++) {
                steps.add(step("up." + level, i, channels + skips.pop(), level));
                channels = config.width(level);
            }
            up.addFirst(steps);
            if (level > 0) {
                enlarge.addFirst(child("up." + level + ".upsample", new Upsample(channels, true)));
            }
        }
        outNorm = child("norm_out", new GroupNorm(channels, EPS));
        out = child("conv_out", new Conv2d(channels, config.channels(), 3));
    }

    private Step step(String name, int number, int channels, int level) {
        int width = config.width(level);
        return new Step(child(name + ".block." + number, block(channels, width)),
                config.hasAttention(level) ? child(name + ".attn." + number, new DdpmAttention(width)) : null);
    }

    private DdpmResBlock block(int channels, int width) {
        return new DdpmResBlock(channels, width, MULTIPLE * config.width(), config.dropout(), dropout);
    }

    public ResNetUNetConfig config() {
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
     * @param t [N], I32 or floating
     * @return like x
     */
    @Override
    public Tensor forward(Tensor x, Tensor t) {
        ImageShapes.check(x, config.channels(), config.levels());
        return result(scoped(args -> restored(args[0], args[1]), x, t));
    }

    private Tensor restored(Tensor x, Tensor t) {
        var embedding = time.forward(t).silu();
        Deque<Tensor> skips = new ArrayDeque<>();
        var h = in.forward(x.toFloating());
        skips.push(h);
        for (int level = 0; level < down.size(); level++) {
            for (var step : down.get(level)) {
                h = step.apply(h, embedding);
                skips.push(h);
            }
            if (level < shrink.size()) {
                h = shrink.get(level).forward(h);
                skips.push(h);
            }
        }
        h = middle2.forward(middle1.apply(h, embedding), embedding);
        for (int level = up.size() - 1; level >= 0; level--) {
            for (var step : up.get(level)) {
                h = scoped(part -> step.apply(Concat.concat(3, part[0], part[1]), part[2]), h, skips.pop(), embedding);
            }
            if (level > 0) {
                h = enlarge.get(level - 1).apply(h, embedding);
            }
        }
        return out.afterNorm(outNorm, h, Resample.NONE, null, null, null).toWide();
    }
}
