package anneal.kernel;

/**
 * Constants of AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", Algorithm 2, with the decay scaled
 * by the learning rate as PyTorch does): p -= lr wd p; then the bias-corrected Adam step, eps outside the root.
 */
public record AdamWSpec(double beta1, double beta2, double eps, double weightDecay) {
}
