package anneal.kernel;

/** Point-wise function that a prologue or an epilogue may apply. */
public enum Activation { NONE, SILU, RELU }
