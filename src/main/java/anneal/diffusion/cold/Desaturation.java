package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.MatMul;
import anneal.tensor.Tensor;

/** Colours towards the mean of their channels (Bansal et al. 2022, appendix). */
public final class Desaturation implements Degradation {
    private final LevelTable matrices;
    private final Tensor grey;
    private final LabColour lab;
    private final int steps;

    /**
     * Lays the matrices of all levels into the current scope.
     *
     * @param inLab whether images are in L*a*b*: they become RGB, lose colour there, and become L*a*b* again
     */
    public Desaturation(Device device, DesaturationSchedule schedule, boolean inLab) {
        steps = schedule.steps();
        var factors = schedule.factors();
        var products = new double[steps + 1][];
        double kept = 1;
        products[0] = DesaturationSchedule.matrix(1);
        for (int i = 0; i < steps; i++) {
            kept *= factors[i];
            products[i + 1] = DesaturationSchedule.matrix(kept);
        }
        matrices = LevelTable.of(device, products);
        grey = device.of(DesaturationSchedule.matrix(0), 1, 3, 3);
        lab = inLab ? new LabColour(device) : null;
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        LevelTable.require("desaturation", x, level, 0, 3);
        var y = multiply(x, matrices.at(level, 3, 3));
        return lab == null ? y : Levels.cleanOr(level, x, y);
    }

    /** Without any colour, whatever the schedule leaves. */
    public Tensor grey(Tensor x) {
        return multiply(x, grey);
    }

    private Tensor multiply(Tensor x, Tensor matrix) {
        var rgb = lab == null ? x : lab.toRgb(x);
        var flat = rgb.reshape(x.dim(0), x.dim(1) * x.dim(2), 3);
        var less = MatMul.matmul(flat, matrix, false, true).reshape(x.shape().toArray());
        return lab == null ? less : lab.fromRgb(less);
    }
}
