package anneal.diffusion;

import com.fasterxml.jackson.annotation.JsonAlias;

/** What the network predicts. */
public enum MeanType {
    /** The noise in x_t (Ho et al. 2020, equation 14). */
    EPSILON,
    /** The image without noise. */
    @JsonAlias("START_X")
    X_START,
    /** The mean of x_{t-1}. */
    PREVIOUS_X,
    /** sqrt(alphasCumprod) epsilon - sqrt(1 - alphasCumprod) x_0 (Salimans and Ho 2022, appendix D). */
    V
}
