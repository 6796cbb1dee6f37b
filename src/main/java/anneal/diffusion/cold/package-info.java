/**
 * Cold Diffusion (Bansal et al. 2022, "Cold Diffusion: Inverting Arbitrary Image Transforms Without Noise"):
 * degradations D(x, s), and the walks back from a degraded image with a network that restores. Levels are the paper's:
 * s = 0 is the clean image, s = T the most degraded one.
 */
package anneal.diffusion.cold;
