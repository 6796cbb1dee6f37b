/** The inner loops on the Vector API: the only classes of the library that import {@code jdk.incubator.vector}. */
package anneal.kernel.cpu.panama;
