package anneal.diffusion.cold;

import anneal.diffusion.cold.LineMaps.Padding;
import anneal.tensor.Resize;

/**
 * Smaller and smaller pictures, each enlarged again to the size that it had (the authors' resolution routines).
 *
 * @param method    how pictures are shrunk, without antialiasing
 * @param byFactor2 whether step i leaves size / 2^(i + 1) pixels; otherwise it leaves size - i
 * @param blur      whether a small Gaussian comes before the shrinking and after the enlarging
 * @param steps     T
 */
public record ResolutionSchedule(Resize.Method method, boolean byFactor2, boolean blur, int steps) {
    private static final int BLUR_TAPS = 3;
    private static final double BLUR_DEVIATION = 0.5;

    /** @throws IllegalArgumentException if there are no steps */
    public ResolutionSchedule {
        if (steps < 1) {
            throw new IllegalArgumentException("a change of resolution needs at least one step, got " + steps);
        }
    }

    /**
     * By the name that the authors' programs take: {@code Incremental}, then {@code _area}, {@code _bilinear} or
     * {@code _bicubic} (which is the default), {@code _with_blur}, {@code _factor_2}.
     */
    public static ResolutionSchedule named(String name, int steps) {
        var parts = name.replace("_with_blur", "").replace("_factor_2", "");
        var method = switch (parts) {
            case "Incremental_area" -> Resize.Method.AREA;
            case "Incremental_bilinear" -> Resize.Method.BILINEAR;
            case "Incremental", "Incremental_bicubic" -> Resize.Method.BICUBIC;
            default -> throw new IllegalArgumentException("no resolution routine is called '" + name
                    + "': use Incremental[_area|_bilinear|_bicubic][_with_blur][_factor_2]");
        };
        return new ResolutionSchedule(method, name.contains("_factor_2"), name.contains("_with_blur"), steps);
    }

    /** Height and width to which step {@code i} shrinks images of {@code size} pixels. */
    public int shrunk(int i, int size) {
        int left = byFactor2 ? i >= Integer.SIZE - 2 ? 0 : size >> (i + 1) : size - i;
        if (left < 1) {
            throw new IllegalArgumentException("images of %d pixels have nothing left after %d steps of resolution"
                    .formatted(size, i + 1));
        }
        return left;
    }

    /** Step {@code i} along one axis. */
    double[] map(int i, int size) {
        int s = shrunk(i, size);
        var map = LineMaps.product(LineMaps.nearestExact(s, size), Resize.matrix(size, s, method, false), s);
        if (!blur) {
            return map;
        }
        var gaussian = LineMaps.convolution(size, LineMaps.gaussian(BLUR_TAPS, BLUR_DEVIATION), Padding.REFLECT);
        return LineMaps.product(gaussian, LineMaps.product(map, gaussian, size), size);
    }
}
