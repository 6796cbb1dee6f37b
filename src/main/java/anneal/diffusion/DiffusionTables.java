package anneal.diffusion;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Every coefficient of a Gaussian diffusion process, float64, one entry a timestep; t = 0 is one step of noise.
 * Ho et al. 2020, equations 4 and 7, in the paper's terms: alpha = 1 - beta, alphasCumprod = prod alpha.
 *
 * <p>The arrays are shared, not copied: read only.
 *
 * @param betas                         variance added by each step
 * @param alphasCumprod                 share of the signal's variance left after step t
 * @param alphasCumprodPrev             the same after step t - 1; 1 at t = 0
 * @param alphasCumprodNext             the same after step t + 1; 0 at the last step
 * @param sqrtAlphasCumprod             factor of x_0 in x_t
 * @param sqrtOneMinusAlphasCumprod     factor of the noise in x_t
 * @param logOneMinusAlphasCumprod      log variance of q(x_t | x_0)
 * @param sqrtRecipAlphasCumprod        factor of x_t when x_0 is computed from epsilon
 * @param sqrtRecipm1AlphasCumprod      sqrt(1/alphasCumprod - 1), factor of epsilon there
 * @param posteriorVariance             variance of q(x_{t-1} | x_t, x_0); 0 at t = 0
 * @param posteriorLogVarianceClipped   its logarithm, with the entry of t = 1 also at t = 0
 * @param posteriorMeanCoef1            factor of x_0 in the posterior's mean
 * @param posteriorMeanCoef2            factor of x_t in the posterior's mean
 */
public record DiffusionTables(
        double[] betas,
        double[] alphasCumprod,
        double[] alphasCumprodPrev,
        double[] alphasCumprodNext,
        double[] sqrtAlphasCumprod,
        double[] sqrtOneMinusAlphasCumprod,
        double[] logOneMinusAlphasCumprod,
        double[] sqrtRecipAlphasCumprod,
        double[] sqrtRecipm1AlphasCumprod,
        double[] posteriorVariance,
        double[] posteriorLogVarianceClipped,
        double[] posteriorMeanCoef1,
        double[] posteriorMeanCoef2) {

    /** The tables that follow from the variances of the steps. */
    public static DiffusionTables of(double[] betas) {
        int steps = betas.length;
        var cumprod = new double[steps];
        double product = 1;
        for (int t = 0; t < steps; t++) {
            product *= 1 - betas[t];
            cumprod[t] = product;
        }
        var prev = new double[steps];
        prev[0] = 1;
        System.arraycopy(cumprod, 0, prev, 1, steps - 1);
        var next = Arrays.copyOfRange(cumprod, 1, steps + 1);
        var variance = each(steps, t -> betas[t] * (1 - prev[t]) / (1 - cumprod[t]));
        // The posterior is a point at t = 0. A process of one step has no t = 1 to borrow from; its beta stands in.
        double first = steps > 1 ? variance[1] : betas[0];
        return new DiffusionTables(
                betas.clone(), cumprod, prev, next,
                each(steps, t -> Math.sqrt(cumprod[t])),
                each(steps, t -> Math.sqrt(1 - cumprod[t])),
                each(steps, t -> Math.log(1 - cumprod[t])),
                each(steps, t -> Math.sqrt(1 / cumprod[t])),
                each(steps, t -> Math.sqrt(1 / cumprod[t] - 1)),
                variance,
                each(steps, t -> Math.log(t == 0 ? first : variance[t])),
                each(steps, t -> betas[t] * Math.sqrt(prev[t]) / (1 - cumprod[t])),
                each(steps, t -> (1 - prev[t]) * Math.sqrt(1 - betas[t]) / (1 - cumprod[t])));
    }

    /** Number of timesteps. */
    public int steps() {
        return betas.length;
    }

    /** log(betas): the larger of the two bounds between which a learned variance moves (Improved DDPM, equation 15). */
    public double[] logBetas() {
        return each(steps(), t -> Math.log(betas[t]));
    }

    /** Variance FIXED_LARGE: betas, with the posterior's variance of t = 1 at t = 0 for a better decoder likelihood. */
    public double[] fixedLargeVariance() {
        return each(steps(), t -> t == 0 ? Math.exp(posteriorLogVarianceClipped[0]) : betas[t]);
    }

    private static double[] each(int steps, IntToDoubleFunction f) {
        var table = new double[steps];
        Arrays.setAll(table, f);
        return table;
    }
}
