package anneal.kernel.cpu;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Tells HotSpot how to compile the vector kernels, once per process. C1 gives up on a method with more live vectors
 * than it has registers and leaves it interpreted, a hundredfold slower; so it is told to skip these classes, which
 * C2 then compiles from the interpreter's profile. Small vector functions must be inlined, or every vector is boxed;
 * and the loops around them must not be, for together they are more than C2 inlines into, and then it boxes too.
 *
 * <p>This does in an embedding application what flags would do on a command line. It touches only the library's own
 * classes, failure is harmless, and {@code -Danneal.cpu.compilerHints=false} leaves the compiler alone.
 */
final class CompilerHints {
    private static final String DIRECTIVES = """
            [{
              match: "anneal/kernel/cpu/panama/*.*",
              c1: { Exclude: true },
              c2: { inline: ["+anneal/kernel/cpu/panama/VectorMath.*", "+anneal/kernel/cpu/panama/Fold.*",
                             "+anneal/kernel/cpu/panama/*.load", "+anneal/kernel/cpu/panama/PanamaWinograd4.*Row",
                             "-anneal/kernel/cpu/panama/PanamaWinograd4.*Columns",
                             "-anneal/kernel/cpu/panama/PanamaWinograd4.*Lines",
                             "-anneal/kernel/cpu/panama/PanamaScores.*", "-anneal/kernel/cpu/panama/PanamaDots.*",
                             "-anneal/kernel/cpu/panama/PanamaNorm.*", "-anneal/kernel/cpu/panama/PanamaRandom.*"] }
            }]
            """;

    private CompilerHints() {
    }

    /** Gives the hints if nobody has yet. */
    static void give() {
        if (!Boolean.parseBoolean(System.getProperty("anneal.cpu.compilerHints", "true"))) {
            return;
        }
        try {
            var file = Files.createTempFile("anneal-directives", ".json");
            try {
                Files.writeString(file, DIRECTIVES);
                add(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException | JMException | LinkageError | RuntimeException e) {
            // another JVM, or management is not there: everything works as before, only perhaps slower
        }
    }

    /** The command is parsed like a line of words, and users' names have blanks. */
    private static String quoted(Path file) {
        return '"' + file.toString() + '"';
    }

    private static void add(Path file) throws JMException {
        var diagnostics = new ObjectName("com.sun.management:type=DiagnosticCommand");
        ManagementFactory.getPlatformMBeanServer().invoke(diagnostics, "compilerDirectivesAdd",
                new Object[] {new String[] {quoted(file)}}, new String[] {String[].class.getName()});
    }
}
