package anneal.diffusion;

import java.util.Arrays;

/**
 * Encodes images into noise by DDIM's probability flow run upwards (Song et al. 2021, section 4.3), from which
 * {@link DdimSampler} with eta 0 leads back. Draws no noise.
 */
public record DdimReverse() implements Sampler {
    @Override
    public Step on(GaussianDiffusion diffusion) {
        var next = diffusion.process().tables().alphasCumprodNext();
        var xStartFactor = diffusion.table(Arrays.stream(next).map(Math::sqrt).toArray());
        var direction = diffusion.table(Arrays.stream(next).map(a -> Math.sqrt(1 - a)).toArray());
        return (model, x, t, noise) -> {
            var xStart = model.predict(x, t).predXstart();
            var epsilon = diffusion.predictEpsilonFromXstart(x, t, xStart);
            return new Update(xStart.mul(xStartFactor.at(t, x)).add(epsilon.mul(direction.at(t, x))), xStart);
        };
    }

    @Override
    public ReverseModel guide(ReverseModel model, ClassifierGuidance guidance) {
        return guidance.shiftEpsilon(model);
    }

    @Override
    public boolean ascends() {
        return true;
    }
}
