package anneal.io;

/** Whether this Java can read and write pictures at all: a runtime that was trimmed to what is needed may not. */
public final class Pictures {
    private static final String MODULE = "java.desktop";

    private Pictures() {
    }

    public static boolean arePossible() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }
}
