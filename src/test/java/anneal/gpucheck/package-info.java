/**
 * What {@code gpu-check} runs on a machine with a GPU, or with {@code --device sim} on any (docs/gpu.md). It travels
 * with the kernel tests in the bundle of {@code tools/gpu-bundle}, and so lives among the tests.
 */
package anneal.gpucheck;
