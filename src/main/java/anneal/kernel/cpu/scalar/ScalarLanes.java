package anneal.kernel.cpu.scalar;

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

/** The inner loops in plain Java. */
public final class ScalarLanes implements Lanes {
    private final TileLanes tiles = new ScalarTiles();
    private final DotLanes dots = new ScalarDots();
    private final PointwiseLanes pointwise = new ScalarPointwise();
    private final ReduceLanes reduce = new ScalarReduce();
    private final NormLanes norm = new ScalarNorm();
    private final DepthwiseLanes depthwise = new ScalarDepthwise();
    private final PanelLanes panels = new ScalarPanels();
    private final SoftmaxLanes softmax = new ScalarSoftmax();
    private final OptimizerLanes optimizer = new ScalarOptimizer();
    private final RandomLanes random = new ScalarRandom();
    private final ScoreLanes scores = new ScalarScores();
    private final WinogradLanes winograd2 = new ScalarWinograd(WinogradTile.F2);
    private final WinogradLanes winograd4 = new ScalarWinograd(WinogradTile.F4);

    @Override
    public String name() {
        return "plain Java";
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
