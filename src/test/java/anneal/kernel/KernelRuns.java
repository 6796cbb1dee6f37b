package anneal.kernel;

import java.util.List;

/** Runs cases. */
final class KernelRuns {
    private KernelRuns() {
    }

    /** The results of {@code c} on {@code device}; throws AssertionError when it wrote beside them. */
    static List<double[]> run(KernelCase c, Backend device, Lab.Mode mode, DType rounding) {
        try (var lab = new Lab(device, mode, rounding, c.seed())) {
            c.body().accept(lab);
            lab.checkSurroundings();
            return lab.results();
        }
    }
}
