package anneal.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The results of some small cases of every family and of every point-wise function as hashes, a line each. */
public final class KernelBits {
    private KernelBits() {
    }

    /** @param runs how often each case runs; the last time counts, when its code is hot */
    public static String of(Backend device, int runs) {
        return of(device, runs, KernelBits::isSmall);
    }

    /** The hashes of convolutions that Winograd's algorithm can take, for a device that is told to. */
    public static String ofConvolutions(Backend device, int runs) {
        return of(device, runs, c -> c.name().contains("inC=40, outC=24"));
    }

    /** The hashes of everything random. */
    public static String ofDraws(Backend device) {
        return of(device, 1, c -> c.name().startsWith("random "));
    }

    private static String of(Backend device, int runs, Predicate<KernelCase> chosen) {
        return KernelCases.all().stream().filter(chosen)
                .map(c -> c.name() + " " + Integer.toHexString(hash(c, device, runs)))
                .collect(Collectors.joining("\n"));
    }

    private static boolean isSmall(KernelCase c) {
        return c.name().contains("#0") || c.name().contains("#3") || c.name().contains("axes [0")
                || c.name().startsWith("map ") && c.name().contains("[2, 3, 5, 19]");
    }

    private static int hash(KernelCase c, Backend device, int runs) {
        List<double[]> results = List.of();
        for (int i = 0; i < runs; i++) {
            results = KernelRuns.run(c, device, Lab.Mode.FUSED, device.floatType());
        }
        return results.stream().mapToInt(Arrays::hashCode).reduce(1, (a, b) -> 31 * a + b);
    }
}
