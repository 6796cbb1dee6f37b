package anneal.kernel.cuda.driver;

/** How many blocks a launch has along each axis; CUDA allows 2^31 - 1, 65535 and 65535. */
public record Grid(int x, int y, int z) {
    private static final int LIMIT_YZ = 65535;

    public Grid {
        if (x < 1 || y < 1 || z < 1 || y > LIMIT_YZ || z > LIMIT_YZ) {
            throw new IllegalArgumentException("a grid of (" + x + ", " + y + ", " + z + ") blocks; y and z are 1 to "
                    + LIMIT_YZ);
        }
    }

    public static Grid of(int x) {
        return new Grid(x, 1, 1);
    }

    public static Grid of(int x, int y) {
        return new Grid(x, y, 1);
    }

    public static Grid of(int x, int y, int z) {
        return new Grid(x, y, z);
    }

    @Override
    public String toString() {
        return "(" + x + ", " + y + ", " + z + ")";
    }
}
