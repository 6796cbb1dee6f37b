/** The inner loops in plain Java, for a JVM without {@code jdk.incubator.vector}. */
package anneal.kernel.cpu.scalar;
