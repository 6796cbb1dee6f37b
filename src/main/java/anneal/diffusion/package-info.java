/**
 * The diffusion family: noise schedules, the Gaussian process and its losses, samplers and guidance. A sampler is a
 * plain function of a denoiser and a process; nothing here knows of networks.
 */
package anneal.diffusion;
