/**
 * Training: one optimisation step, the loop around it, and run directories from which it can be resumed bit for bit.
 */
package anneal.train;
