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

    private static Stream<KernelCase> chosen(int every) {
        var all = KernelCases.all();
        return IntStream.range(0, all.size()).filter(i -> i % every == 0).mapToObj(all::get);
    }
}
