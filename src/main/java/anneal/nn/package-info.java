/**
 * Building blocks of networks: modules that declare parameters under the names of the original checkpoints, the arena
 * that holds a model's parameters, and the layers that the diffusion UNets are made of.
 */
package anneal.nn;
