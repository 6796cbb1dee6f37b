package anneal.diffusion.cold;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionTables;
import anneal.tensor.Device;
import anneal.tensor.Tensor;

/**
 * From an image to another: sqrt(a) x + sqrt(1 - a) e. With e of another data set this is animorphosis, with Gaussian
 * noise it is the hot diffusion that the authors compare with (Bansal et al. 2022, sections 5.1 and 5.3).
 */
public final class Blend {
    private final LevelTable image;
    private final LevelTable end;
    private final int steps;

    /**
     * Lays the weights into the current scope.
     *
     * @param alphasCumprod a at the levels 1..T
     */
    public Blend(Device device, double... alphasCumprod) {
        steps = alphasCumprod.length;
        var ofImage = new double[steps + 1];
        var ofEnd = new double[steps + 1];
        ofImage[0] = 1;
        for (int s = 1; s <= steps; s++) {
            ofImage[s] = Math.sqrt(alphasCumprod[s - 1]);
            ofEnd[s] = Math.sqrt(1 - alphasCumprod[s - 1]);
        }
        image = LevelTable.ofNumbers(device, ofImage);
        end = LevelTable.ofNumbers(device, ofEnd);
    }

    /** With the cosine schedule, as the authors have it. */
    public static Blend cosine(Device device, int steps) {
        return new Blend(device, DiffusionTables.of(BetaSchedule.Cosine.IMPROVED_DDPM.betas(steps)).alphasCumprod());
    }

    public int steps() {
        return steps;
    }

    /** The degradation of a batch that ends (but for a rest of the image) at {@code e}, shaped like the images. */
    public Degradation towards(Tensor e) {
        return new Degradation() {
            @Override
            public int steps() {
                return steps;
            }

            @Override
            public Tensor degrade(Tensor x, Tensor level) {
                LevelTable.require("this blend", x, level, 0, 0);
                return x.mul(image.at(level, 1, 1, 1)).add(e.mul(end.at(level, 1, 1, 1)));
            }
        };
    }

    /** The e for which {@code clean} at {@code level} (1 or more) is {@code x}. */
    public Tensor estimate(Tensor x, Tensor clean, Tensor level) {
        return x.sub(clean.mul(image.at(level, 1, 1, 1))).div(end.at(level, 1, 1, 1));
    }
}
