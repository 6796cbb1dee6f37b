/**
 * The networks: the ADM UNet, its super-resolution form and the noisy classifier ("Diffusion Models Beat GANs on Image
 * Synthesis"), each a plain function of tensors with a configuration that travels with its weights.
 */
package anneal.model;
