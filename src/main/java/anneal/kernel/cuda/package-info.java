/** The devices {@code cuda} and {@code sim}: launches of the kernels in kernels/*.cu through one driver or the other. */
package anneal.kernel.cuda;
