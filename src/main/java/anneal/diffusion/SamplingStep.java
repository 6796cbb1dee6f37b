package anneal.diffusion;

import anneal.tensor.Tensor;

/**
 * News from a sampling run, after each step. The tensors are gone when the callback returns.
 *
 * @param index         of the step, from 0
 * @param total         number of steps of the run
 * @param timestep      of the (respaced) process
 * @param modelTimestep as the network was told it
 * @param x             where the step led
 * @param predXstart    the model's estimate of x_0 on the way
 */
public record SamplingStep(int index, int total, int timestep, double modelTimestep, Tensor x, Tensor predXstart) {
}
