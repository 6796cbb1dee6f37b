/** What a CUDA driver does (memory, kernels by name, launches), on a GPU through JCuda or on the host simulator. */
package anneal.kernel.cuda.driver;
