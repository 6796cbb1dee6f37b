/**
 * NVIDIA's own libraries as another way to multiply and convolve on a GPU, through JCublas and JCudnn: for measuring
 * beside our kernels, not for use. {@code --vendor} chooses them. Attention through cuDNN's graphs is for benchmarks to call:
 * {@code --vendor} leaves attention to our kernels.
 */
package anneal.kernel.cuda.vendor;
