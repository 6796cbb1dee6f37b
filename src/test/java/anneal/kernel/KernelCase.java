package anneal.kernel;

import java.util.function.Consumer;

/**
 * A call of one primitive on random operands.
 *
 * @param length numbers that are summed for one result, which the tolerance grows with
 * @param body   makes its operands in the laboratory and calls the primitive; everything random comes from there
 */
record KernelCase(String name, double length, Consumer<Lab> body) {
    long seed() {
        return name.hashCode();
    }

    /** Largest ||out - ref|| / ||ref|| for a device whose numbers have a relative spacing of {@code epsilon}. */
    double tolerance(double epsilon) {
        return epsilon * (8 + Math.sqrt(length));
    }

    @Override
    public String toString() {
        return name;
    }
}
