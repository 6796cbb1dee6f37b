package anneal.kernel;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One look at a device from a program: for JVMs that are started for it, with other flags than the tests' own. */
public final class KernelCheck {
    private KernelCheck() {
    }

    /**
     * Runs cases on two devices and on the reference.
     *
     * @param names   which cases, by name
     * @param device  held against the reference
     * @param every   1 for all cases, 4 for every fourth
     * @param threads the same device with another number of threads, which must give the same bits
     * @return a line for each case that failed
     */
    public static List<String> failures(Predicate<String> names, int every, Backend device, Backend threads, Backend reference) {
        return chosen(every).filter(c -> names.test(c.name())).map(c -> {
            try {
                KernelComparison.compare(c, Lab.Mode.FUSED, reference, device);
                KernelDeterminism.assertSameBits(KernelRuns.run(c, device, Lab.Mode.FUSED, device.floatType()),
                        KernelRuns.run(c, threads, Lab.Mode.FUSED, device.floatType()));
                return "";
            } catch (AssertionError | RuntimeException e) {
                return c.name() + ": " + e;
            }
        }).filter(line -> !line.isEmpty()).toList();
    }

    /** How many cases {@link #failures} looks at. */
    public static long cases(int every) {
        return chosen(every).count();
    }

    /** A case for tests of other packages. */
    public interface Run {
        String name();

        /** Its results on a device; throws AssertionError when something was written beside them. */
        List<double[]> on(Backend device);

        /**
         * Throws AssertionError when the device's results are too far from the reference's.
         *
         * @param epsilon relative spacing of the numbers that the device multiplies
         */
        void compare(Backend device, Backend reference, double epsilon);
    }

    /** Every case, and those that only large or well-aligned operands make. */
    public static List<Run> runs() {
        return Stream.concat(tiles().stream(), KernelCases.all().stream().map(KernelCheck::run)).toList();
    }

    /** The cases of large tiles and of attention on tensor cores, which take a while on a processor. */
    public static List<Run> tiles() {
        return TileCases.all().stream().map(KernelCheck::run).toList();
    }

    private static Run run(KernelCase c) {
        return new Run() {
            @Override
            public String name() {
                return c.name();
            }

            @Override
            public List<double[]> on(Backend device) {
                return KernelRuns.run(c, device, Lab.Mode.FUSED, device.floatType());
            }

            @Override
            public void compare(Backend device, Backend reference, double epsilon) {
                KernelComparison.compare(c, Lab.Mode.FUSED, reference, device, epsilon);
            }
        };
    }

    private static Stream<KernelCase> chosen(int every) {
        var all = KernelCases.all();
        return IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get);
    }
}
