package anneal.diffusion;

import java.util.Arrays;

/**
 * Song et al. 2021, "Denoising Diffusion Implicit Models", equation 12.
 *
 * @param eta share of the ancestral noise: 0 is deterministic, 1 has DDPM's variance (equation 16)
 */
public record DdimSampler(double eta) implements Sampler {
    /** @throws IllegalArgumentException if eta is not in 0..1 */
    public DdimSampler {
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("DDIM's eta must be in 0..1, got " + eta);
        }
    }

    @Override
    public Step on(GaussianDiffusion diffusion) {
        var tables = diffusion.process().tables();
        var prev = tables.alphasCumprodPrev();
        var sigmas = sigmas(tables);
        var directions = new double[prev.length];
        // Rounding may take the difference a hair under 0 at eta = 1.
        Arrays.setAll(directions, t -> Math.sqrt(Math.max(0, 1 - prev[t] - sigmas[t] * sigmas[t])));
        var xStartFactor = diffusion.table(Arrays.stream(prev).map(Math::sqrt).toArray());
        var direction = diffusion.table(directions);
        var sigma = diffusion.table(sigmas);
        return (model, x, t, noise) -> {
            var xStart = model.predict(x, t).predXstart();
            var epsilon = diffusion.predictEpsilonFromXstart(x, t, xStart);
            var mean = xStart.mul(xStartFactor.at(t, x)).add(epsilon.mul(direction.at(t, x)));
            return new Update(mean.add(noise.get().mul(sigma.at(t, x))), xStart);
        };
    }

    /** Standard deviations of the added noise; 0 at t = 0. */
    double[] sigmas(DiffusionTables tables) {
        var cumprod = tables.alphasCumprod();
        var prev = tables.alphasCumprodPrev();
        var sigmas = new double[prev.length];
        Arrays.setAll(sigmas, t ->
                eta * Math.sqrt((1 - prev[t]) / (1 - cumprod[t])) * Math.sqrt(1 - cumprod[t] / prev[t]));
        return sigmas;
    }

    @Override
    public ReverseModel guide(ReverseModel model, ClassifierGuidance guidance) {
        return guidance.shiftEpsilon(model);
    }
}
