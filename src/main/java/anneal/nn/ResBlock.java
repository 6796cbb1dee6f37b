package anneal.nn;

import anneal.kernel.Activation;
import anneal.kernel.Resample;
import anneal.tensor.Resampling;
import anneal.tensor.Tensor;

/**
 * The residual block of the ADM UNet, with BigGAN's change of resolution inside it where asked for ("Diffusion Models
 * Beat GANs", section 3; guided-diffusion, unet.py, ResBlock). Two fused operations when dropout is off.
 */
public final class ResBlock extends Module implements Layer {
    private final BlockOptions options;
    private final Resample resample;
    private final GroupNorm inNorm;
    private final Conv2d inConv;
    private final Linear embedding;
    private final GroupNorm outNorm;
    private final Conv2d outConv;
    private final Conv2d skip;
    private final Dropout dropout;

    public ResBlock(int in, int out, BlockOptions options, Resample resample) {
        this.options = options;
        this.resample = resample;
        inNorm = child("in_layers.0", new GroupNorm(in));
        inConv = child("in_layers.2", new Conv2d(in, out, 3));
        embedding = child("emb_layers.1", new Linear(options.embedding(), options.scaleShift() ? 2 * out : out));
        outNorm = child("out_layers.0", new GroupNorm(out));
        outConv = child("out_layers.3", Conv2d.zero(out, out, 3));
        skip = in == out ? null : child("skip_connection", new Conv2d(in, out, 1));
        dropout = new Dropout(options.dropout(), options.dropoutState());
    }

    /** [N, H, W, in] to [N, H', W', out]. */
    @Override
    public Tensor apply(Tensor x, Tensor activatedEmbedding) {
        return options.checkpoint()
                ? checkpointed(in -> block(in[0], in[1]), x, activatedEmbedding)
                : scoped(in -> block(in[0], in[1]), x, activatedEmbedding);
    }

    private Tensor block(Tensor x, Tensor activatedEmbedding) {
        var e = embedding.forward(activatedEmbedding);
        var scaleShift = options.scaleShift() ? e : null;
        var h = inConv.afterNorm(inNorm, x, resample, null, options.scaleShift() ? null : e, null);
        var identity = skip(x);
        Tensor sum;
        if (dropout.isActive()) {
            var dropped = dropout.forward(outNorm.forward(h, Activation.SILU, scaleShift));
            sum = outConv.forward(dropped, identity);
        } else {
            sum = outConv.afterNorm(outNorm, h, Resample.NONE, scaleShift, null, identity);
        }
        return options.rescale() ? sum.mul(Math.sqrt(0.5)) : sum;
    }

    private Tensor skip(Tensor x) {
        var resized = switch (resample) {
            case NONE -> x;
            case UP -> Resampling.upsampleNearest(x);
            case DOWN -> Resampling.averagePool(x);
        };
        return skip == null ? resized : skip.forward(resized);
    }
}
