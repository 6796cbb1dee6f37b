package anneal.nn;

/**
 * What all residual blocks of a network have in common.
 *
 * @param embedding     width of the time embedding
 * @param scaleShift    AdaGN: the embedding scales and shifts the second norm ("Diffusion Models Beat GANs", section
 *                      3); else it is added before it
 * @param rescale       divide x + h by sqrt(2), in attention blocks too
 * @param dropout       probability, before the last convolution
 * @param checkpoint    compute the block again in the backward pass
 * @param dropoutState  the model's
 */
public record BlockOptions(int embedding, boolean scaleShift, boolean rescale, double dropout, boolean checkpoint,
                           DropoutState dropoutState) {
}
