package anneal.diffusion;

import anneal.kernel.DType;
import anneal.kernel.Shape;
import anneal.tensor.Concat;
import anneal.tensor.Select;
import anneal.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Function;

/** The variational bound on the negative log likelihood, in bits a dimension (Ho et al. 2020, equation 5). */
public final class VariationalBound {
    private static final double BITS_PER_NAT = 1 / Math.log(2);

    private final GaussianDiffusion diffusion;
    private final CoefficientTable isFirst;

    /** Lives in the current scope, like {@code diffusion}. */
    public VariationalBound(GaussianDiffusion diffusion) {
        this.diffusion = diffusion;
        var first = new double[diffusion.steps()];
        first[0] = 1;
        isFirst = diffusion.table(first);
    }

    /**
     * L_{t-1} for t &gt; 0: how far the model is from the posterior; L_0 for t = 0: how badly it decodes the image.
     *
     * @param p      what the model says at x_t
     * @param xStart [N, H, W, C] in -1 .. 1
     * @return [N], means over the elements
     */
    public Tensor term(Prediction p, Tensor xStart, Tensor xT, Tensor t) {
        var posterior = diffusion.qPosteriorMeanVariance(xStart, xT, t);
        var kl = Losses.normalKl(posterior.mean(), posterior.logVariance(), p.mean(), p.logVariance());
        var likelihood = Losses.discretizedGaussianLogLikelihood(xStart, p.mean(), p.logVariance().mul(0.5));
        return Select.where(isFirst.perSample(t),
                likelihood.meanPerSample().mul(-BITS_PER_NAT), kl.meanPerSample().mul(BITS_PER_NAT));
    }

    /** L_T, which no model can change: how far q(x_T | x_0) is from the standard normal; [N]. */
    public Tensor priorBpd(Tensor xStart) {
        var device = diffusion.device();
        var q = diffusion.qMeanVariance(xStart, timesteps(xStart.dim(0), diffusion.steps() - 1));
        var zero = device.scalar(0);
        return Losses.normalKl(q.mean(), q.logVariance(), zero, zero).meanPerSample().mul(BITS_PER_NAT);
    }

    /**
     * The whole bound, a network evaluation for every timestep from the noisiest down.
     *
     * @param noise its draw number k is used at the k-th timestep visited
     */
    public Bpd evaluate(Denoiser denoiser, Tensor xStart, NoiseSource noise, XstartFilter filter) {
        int steps = diffusion.steps();
        var model = diffusion.reverse(denoiser, filter);
        var columns = new Terms[steps];
        var device = diffusion.device();
        try (var evaluation = device.scope()) {
            for (int k = 0; k < steps; k++) {
                noise.seek(k);
                try (var step = device.scope()) {
                    var terms = terms(model, xStart, noise, steps - 1 - k);
                    columns[k] = new Terms(
                            step.escape(terms.vb), step.escape(terms.xstartMse), step.escape(terms.mse));
                }
            }
            var vb = join(columns, Terms::vb);
            var prior = priorBpd(xStart);
            return new Bpd(
                    evaluation.escape(vb.sum(false, 1).add(prior)), evaluation.escape(prior), evaluation.escape(vb),
                    evaluation.escape(join(columns, Terms::xstartMse)),
                    evaluation.escape(join(columns, Terms::mse)));
        }
    }

    private Terms terms(ReverseModel model, Tensor xStart, NoiseSource noise, int timestep) {
        var t = timesteps(xStart.dim(0), timestep);
        var draw = noise.draw(xStart.shape());
        var xT = diffusion.qSample(xStart, t, draw);
        var p = model.predict(xT, t);
        var epsilon = diffusion.predictEpsilonFromXstart(xT, t, p.predXstart());
        return new Terms(term(p, xStart, xT, t),
                p.predXstart().sub(xStart).square().meanPerSample(), epsilon.sub(draw).square().meanPerSample());
    }

    private Tensor timesteps(int samples, int timestep) {
        var t = diffusion.device().empty(DType.I32, Shape.of(samples));
        var values = new int[samples];
        Arrays.fill(values, timestep);
        t.copyFrom(values);
        return t;
    }

    private static Tensor join(Terms[] columns, Function<Terms, Tensor> part) {
        return Concat.concat(1, Arrays.stream(columns)
                .map(c -> part.apply(c).reshape(-1, 1))
                .toArray(Tensor[]::new));
    }

    private record Terms(Tensor vb, Tensor xstartMse, Tensor mse) {
    }

    /**
     * The bound and its parts; column 0 belongs to the noisiest timestep.
     *
     * @param totalBpd  [N], the bound: all of vb and the prior
     * @param priorBpd  [N]
     * @param vb        [N, steps], bits a dimension
     * @param xstartMse [N, steps], mean squared error of the estimate of x_0
     * @param mse       [N, steps], mean squared error of the noise that this estimate implies
     */
    public record Bpd(Tensor totalBpd, Tensor priorBpd, Tensor vb, Tensor xstartMse, Tensor mse) {
    }
}
