package anneal.diffusion;

import java.util.Arrays;

/** Ancestral sampling: Ho et al. 2020, "Denoising Diffusion Probabilistic Models", Algorithm 2. */
public record DdpmSampler() implements Sampler {
    @Override
    public Step on(GaussianDiffusion diffusion) {
        var addsNoise = new double[diffusion.steps()];
        Arrays.fill(addsNoise, 1, addsNoise.length, 1);
        var mask = diffusion.table(addsNoise);
        return (model, x, t, noise) -> {
            var p = model.predict(x, t);
            var sigma = p.logVariance().mul(0.5).exp().mul(mask.at(t, x));
            return new Update(p.mean().add(noise.get().mul(sigma)), p.predXstart());
        };
    }

    @Override
    public ReverseModel guide(ReverseModel model, ClassifierGuidance guidance) {
        return guidance.shiftMean(model);
    }
}
