package anneal.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** What standard error is connected to. */
final class Terminal {

    private static final int STANDARD_ERROR = 2;

    private Terminal() {
    }

    /**
     * Whether standard error is a terminal that understands cursor control, so that a progress bar may be redrawn on
     * it. {@link java.io.Console} cannot tell: it asks about input and output.
     */
    static boolean redraws() {
        return !"dumb".equals(System.getenv("TERM")) && isTerminal(STANDARD_ERROR);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            var linker = Linker.nativeLinker();
            var isatty = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("isatty"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            return (int) isatty.invokeExact(descriptor) == 1;
        } catch (Throwable unknown) {
            return false;
        }
    }
}
