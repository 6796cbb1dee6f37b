package anneal.kernel.cpu;

/** The inner loops of the device, by family: the part that exists twice, on the Vector API and in plain Java. */
public interface Lanes {
    /** For people, such as {@code "panama 512 bit"}. */
    String name();

    /** Matrix products. */
    TileLanes tiles();

    /** Matrix products with few columns. */
    DotLanes dots();

    /** What surrounds a matrix product. */
    PanelLanes panels();

    /** Depthwise convolutions. */
    DepthwiseLanes depthwise();

    /** Transforms of Winograd's convolution. */
    WinogradLanes winograd(WinogradTile tile);

    /** Rows of attention scores and other steps between two products. */
    ScoreLanes scores();

    /** Point-wise functions. */
    PointwiseLanes pointwise();

    /** Pieces of reductions. */
    ReduceLanes reduce();

    /** Normalisation. */
    NormLanes norm();

    /** Softmax over a row. */
    SoftmaxLanes softmax();

    /** The optimiser's step. */
    OptimizerLanes optimizer();

    /** Random numbers. */
    RandomLanes random();
}
