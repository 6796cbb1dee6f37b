package anneal.kernel.cpu;

import anneal.kernel.cpu.scalar.ScalarLanes;

/** Finds the fastest inner loops that this JVM can run. */
public final class LanesLookup {
    private static final String PANAMA = "anneal.kernel.cpu.panama.PanamaLanes";

    private LanesLookup() {
    }

    /** The Vector API's when it is there and wide enough, otherwise plain Java's: then one line on stderr says why. */
    public static Lanes best() {
        return Best.LANES;
    }

    private static final class Best {
        static final Lanes LANES = find();
    }

    private static Lanes find() {
        if (Boolean.getBoolean("anneal.cpu.scalar")) {
            return new ScalarLanes();
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return slow("this JVM runs without the module jdk.incubator.vector; start it with"
                    + " --add-modules jdk.incubator.vector"
                    + (Native.class.getModule().isNativeAccessEnabled() ? "" : " --enable-native-access=ALL-UNNAMED"));
        }
        try {
            CompilerHints.give();
            return (Lanes) Class.forName(PANAMA).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return slow(cause.getMessage() == null ? cause.toString() : cause.getMessage());
        }
    }

    private static Lanes slow(String reason) {
        System.err.println("anneal: the cpu device runs without vectors, many times slower: " + reason);
        return new ScalarLanes();
    }
}
