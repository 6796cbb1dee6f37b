package anneal.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * Gives the process its real standard error back. While it boots, the JVM prints a warning about incubator modules that
 * no switch turns off. So the launcher starts it with descriptor 2 on a small filter and the terminal kept on another
 * descriptor, which the property {@value #PROPERTY} names. Here that one takes the place of descriptor 2 again.
 */
final class StandardError {

    static final String PROPERTY = "anneal.stderr";

    private StandardError() {
    }

    /** Does nothing when the launcher left nothing to restore. On failure the filter stays, and passes all lines on. */
    static void restore() {
        var saved = Integer.getInteger(PROPERTY);
        if (saved == null) {
            return;
        }
        try {
            var linker = Linker.nativeLinker();
            var dup2 = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            System.err.flush();
            int ignored = (int) dup2.invokeExact((int) saved, 2);
        } catch (Throwable e) {
            System.err.flush();
        }
    }
}
