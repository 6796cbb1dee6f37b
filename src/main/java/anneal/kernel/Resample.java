package anneal.kernel;

/** Resolution change by two: nearest-neighbour up, or the mean of each 2x2 block down. */
public enum Resample {
    NONE, UP, DOWN;

    /** The extent that {@code extent} pixels become; DOWN drops an odd last pixel, as average pooling does. */
    public int apply(int extent) {
        return switch (this) {
            case NONE -> extent;
            case UP -> 2 * extent;
            case DOWN -> extent / 2;
        };
    }
}
