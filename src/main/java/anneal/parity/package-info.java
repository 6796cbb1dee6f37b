/**
 * The parity engine: runs the cases of a fixture folder (computations of the original authors' code, written down as
 * tensors) through this engine and compares. Each kind of case is implemented once, generally, from its config.
 */
package anneal.parity;
