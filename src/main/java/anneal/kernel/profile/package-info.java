/** Time by operation: a device's kernels wrapped so that every call is timed and set against its floor. */
package anneal.kernel.profile;
