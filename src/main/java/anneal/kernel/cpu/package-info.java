/**
 * The float32 device: kernels on the Vector API over off-heap memory, run by a thread pool of its own.
 * Everything that needs {@code jdk.incubator.vector} is in {@code panama}; {@code scalar} does the same in plain Java.
 */
package anneal.kernel.cpu;
