package anneal.diffusion;

/** What training minimises. */
public enum LossType {
    /**
     * L_simple: the mean squared error of the prediction (Ho et al. 2020, equation 14). With a learned variance the
     * bound term is added with its mean detached: L_hybrid (Improved DDPM, equation 16), here with weight 1.
     */
    MSE,
    /** The same with the bound term times steps/1000, the weight with which OpenAI's models were trained. */
    RESCALED_MSE,
    /** The bound term itself, in bits a dimension: L_vlb of one timestep. */
    KL,
    /** The same times the number of steps: an estimate of the whole bound. */
    RESCALED_KL;

    /** Whether the loss is the bound alone. */
    public boolean isBound() {
        return this == KL || this == RESCALED_KL;
    }
}
