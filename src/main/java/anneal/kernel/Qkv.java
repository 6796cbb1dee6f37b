package anneal.kernel;

/** Queries, keys and values (or their gradients) of an {@link AttentionSpec}. */
public record Qkv(Buf q, Buf k, Buf v) {
}
