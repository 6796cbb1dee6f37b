/**
 * The kernel contract: the primitives that every device implements, and the plain data that they take.
 *
 * <p>Fusion is data, never a new method: a primitive takes a spec, an optional prologue and epilogue, and buffers.
 */
package anneal.kernel;
