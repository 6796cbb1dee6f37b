/**
 * The definition of every primitive: float64, host memory, plain loops, one short class for each family. Other devices
 * are compared with this one.
 */
package anneal.kernel.reference;
