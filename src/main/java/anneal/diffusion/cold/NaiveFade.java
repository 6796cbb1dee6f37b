package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;

/** The whole image towards grey, a factor a step: the authors' first way to fade, which their commands do not use. */
public final class NaiveFade implements Degradation {
    private final LevelTable factors;
    private final int steps;

    /**
     * @param fade     what a step takes away: step i multiplies by 1 - fade (i + 1), or by 1 - fade for
     *                 {@code constant}
     * @param constant whether every step has the same factor
     */
    public NaiveFade(Device device, double fade, boolean constant, int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("fading needs at least one step, got " + steps);
        }
        var products = new double[steps + 1];
        products[0] = 1;
        for (int i = 0; i < steps; i++) {
            products[i + 1] = products[i] * factor(fade, constant, i);
        }
        factors = LevelTable.ofNumbers(device, products);
        this.steps = steps;
    }

    /** The factor of step {@code i}, from 0. */
    public static double factor(double fade, boolean constant, int i) {
        return constant ? 1 - fade : 1 - fade * (i + 1);
    }

    @Override
    public int steps() {
        return steps;
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        LevelTable.require("fading", x, level, 0, 0);
        return x.mul(factors.at(level, 1, 1, 1));
    }
}
