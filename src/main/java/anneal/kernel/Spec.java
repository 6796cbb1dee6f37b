package anneal.kernel;

/** The shape and options of one heavy primitive, enough to plan it. */
public sealed interface Spec permits ConvSpec, DepthwiseSpec, GemmSpec, AttentionSpec, NormSpec {
}
