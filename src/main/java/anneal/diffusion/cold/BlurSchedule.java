package anneal.diffusion.cold;

import anneal.diffusion.cold.LineMaps.Padding;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The Gaussian kernels of a blur, one for each step (the authors' kernel routines).
 *
 * @param kernelSize taps of a kernel, odd; not used by the routines that fix it
 * @param kernelStd  what the routine makes deviations of
 * @param steps      T
 */
public record BlurSchedule(Routine routine, int kernelSize, double kernelStd, int steps) {
    /** How the kernel changes from step to step; i counts them from 0. */
    public enum Routine {
        /** Deviation kernelStd (i + 1). */
        INCREMENTAL("Incremental", Padding.CIRCULAR),
        /** Always the same. */
        CONSTANT("Constant", Padding.CIRCULAR),
        CONSTANT_REFLECT("Constant_reflect", Padding.REFLECT),
        /** Deviation exp(kernelStd i). */
        EXPONENTIAL("Exponential", Padding.CIRCULAR),
        EXPONENTIAL_REFLECT("Exponential_reflect", Padding.REFLECT),
        /** 2 i + 1 taps with deviation 2 (2 i + 1). */
        INDIVIDUAL_INCREMENTAL("Individual_Incremental", Padding.CIRCULAR),
        /** 11 taps with deviation i/100 + 0.35: the paper's blur of CIFAR-10. */
        SPECIAL_6("Special_6_routine", Padding.REFLECT);

        private final String authorsName;
        private final Padding padding;

        Routine(String authorsName, Padding padding) {
            this.authorsName = authorsName;
            this.padding = padding;
        }

        /** By the name that the authors' programs take. */
        public static Routine named(String name) {
            return Arrays.stream(values()).filter(r -> r.authorsName.equals(name)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no blur routine is called '" + name + "': use "
                            + Arrays.stream(values()).map(r -> r.authorsName).collect(Collectors.joining(", "))));
        }
    }

    /** @throws IllegalArgumentException in one line, if a kernel would be impossible */
    public BlurSchedule {
        if (steps < 1) {
            throw new IllegalArgumentException("a blur needs at least one step, got " + steps);
        }
        LineMaps.gaussian(taps(routine, kernelSize, 0), deviation(routine, kernelStd, 0));
    }

    /** The kernel of step {@code i} (from 0) along one axis; the kernel itself is its product with its transpose. */
    public double[] taps(int i) {
        return LineMaps.gaussian(taps(routine, kernelSize, i), deviation(routine, kernelStd, i));
    }

    /** Step {@code i} along one axis of images of {@code size} pixels. */
    double[] map(int i, int size) {
        return LineMaps.convolution(size, taps(i), routine.padding);
    }

    private static int taps(Routine routine, int kernelSize, int i) {
        return switch (routine) {
            case INDIVIDUAL_INCREMENTAL -> 2 * i + 1;
            case SPECIAL_6 -> 11;
            default -> kernelSize;
        };
    }

    private static double deviation(Routine routine, double kernelStd, int i) {
        return switch (routine) {
            case INCREMENTAL -> kernelStd * (i + 1);
            case CONSTANT, CONSTANT_REFLECT -> kernelStd;
            case EXPONENTIAL, EXPONENTIAL_REFLECT -> StrictMath.exp(kernelStd * i);
            case INDIVIDUAL_INCREMENTAL -> 2 * (2 * i + 1);
            case SPECIAL_6 -> i / 100.0 + 0.35;
        };
    }
}
