/** JMH benchmarks of kernels and whole models. Each checks a result before it is timed. */
package anneal.bench;
