/** Our CUDA kernels and networks beside cuBLAS, cuDNN and PyTorch on one GPU, timed by the device's events. */
package anneal.bench.gpu;
