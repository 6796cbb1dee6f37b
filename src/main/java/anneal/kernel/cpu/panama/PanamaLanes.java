package anneal.kernel.cpu.panama;

import anneal.kernel.cpu.DepthwiseLanes;
import anneal.kernel.cpu.DotLanes;
import anneal.kernel.cpu.Lanes;
import anneal.kernel.cpu.NormLanes;
import anneal.kernel.cpu.OptimizerLanes;
import anneal.kernel.cpu.PanelLanes;
import anneal.kernel.cpu.PointwiseLanes;
import anneal.kernel.cpu.RandomLanes;
import anneal.kernel.cpu.ReduceLanes;
import anneal.kernel.cpu.ScoreLanes;
import anneal.kernel.cpu.SoftmaxLanes;
import anneal.kernel.cpu.TileLanes;
import anneal.kernel.cpu.WinogradLanes;
import anneal.kernel.cpu.WinogradTile;
import jdk.incubator.vector.FloatVector;

/** The inner loops on the Vector API, at the width that the JVM prefers on this machine. */
public final class PanamaLanes implements Lanes {
    private final TileLanes tiles = new PanamaTiles();
    private final DotLanes dots = new PanamaDots();
    private final PointwiseLanes pointwise = new PanamaPointwise();
    private final ReduceLanes reduce = new PanamaReduce();
    private final NormLanes norm = new PanamaNorm();
    private final DepthwiseLanes depthwise = new PanamaDepthwise();
    private final PanelLanes panels = new PanamaPanels();
    private final SoftmaxLanes softmax = new PanamaSoftmax();
    private final OptimizerLanes optimizer = new PanamaOptimizer();
    private final RandomLanes random = new PanamaRandom();
    private final ScoreLanes scores = new PanamaScores();
    private final WinogradLanes winograd2 = new PanamaWinograd2();
    private final WinogradLanes winograd4 = new PanamaWinograd4();

    /** @throws UnsupportedOperationException if vectors are shorter than 128 bits */
    public PanamaLanes() {
        int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        if (bits < 128) {
            throw new UnsupportedOperationException("the JVM's vectors have only " + bits + " bits on this machine");
        }
        // loads every vector class now: one that comes later would make C2 throw compiled kernels away
        VectorMath.touch();
    }

    @Override
    public String name() {
        return "Vector API, " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits";
    }

    @Override
    public TileLanes tiles() {
        return tiles;
    }

    @Override
    public DotLanes dots() {
        return dots;
    }

    @Override
    public PanelLanes panels() {
        return panels;
    }

    @Override
    public DepthwiseLanes depthwise() {
        return depthwise;
    }

    @Override
    public ScoreLanes scores() {
        return scores;
    }

    @Override
    public WinogradLanes winograd(WinogradTile tile) {
        return tile == WinogradTile.F2 ? winograd2 : winograd4;
    }

    @Override
    public PointwiseLanes pointwise() {
        return pointwise;
    }

    @Override
    public ReduceLanes reduce() {
        return reduce;
    }

    @Override
    public NormLanes norm() {
        return norm;
    }

    @Override
    public SoftmaxLanes softmax() {
        return softmax;
    }

    @Override
    public OptimizerLanes optimizer() {
        return optimizer;
    }

    @Override
    public RandomLanes random() {
        return random;
    }
}
