/** The inner loops in plain Java, for a JVM without {@code jdk.incubator.vector}; they give the bits that {@code panama} gives. */
package anneal.kernel.cpu.scalar;
