package anneal.diffusion.cold;

import anneal.tensor.Tensor;

/**
 * Another degradation's images as 8-bit pictures would have them. The authors' "discrete" trainings do this to every
 * level, so that a network cannot read what is left of the image in the last digits.
 */
public record EightBit(Degradation degradation) implements Degradation {
    private static final double LARGEST = 255;

    /**
     * The degradation that a way back through its levels uses: without the 8 bits, which belong to the pictures that are
     * restored. Truncating every step as well would add up.
     */
    public static Degradation exact(Degradation d) {
        return d instanceof EightBit eightBit ? eightBit.degradation() : d;
    }

    @Override
    public int steps() {
        return degradation.steps();
    }

    @Override
    public Tensor degrade(Tensor x, Tensor level) {
        return Levels.cleanOr(level, x, truncate(degradation.degrade(x, level)));
    }

    /** trunc(255 (x + 1)/2), towards zero, back in -1..1. */
    public static Tensor truncate(Tensor x) {
        return x.affine(LARGEST / 2, LARGEST / 2).toInts().toWide().affine(2 / LARGEST, -1);
    }
}
