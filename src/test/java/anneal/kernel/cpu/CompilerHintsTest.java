package anneal.kernel.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compiler has taken the hints: a failure would be silent, and kernels a hundred times slower. */
class CompilerHintsTest {

    @TempDir
    private Path folder;

    @Test
    void theCompilerTakesThemFromAFolderWithBlanksToo() throws IOException, InterruptedException {
        var temporary = Files.createDirectory(folder.resolve("a user's files"));
        var output = folder.resolve("output");
        var command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules",
                "jdk.incubator.vector", "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"),
                CompilerHintsTest.class.getName());
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "took too long");
        } finally {
            process.destroyForcibly();
        }
        var said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        assertTrue(said.contains("anneal/kernel/cpu/panama/*.*") && said.contains("+anneal/kernel/cpu/panama/Fold.*"),
                said);
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** In the other JVM: opens a device and prints what the compiler was told. */
    public static void main(String[] args) throws JMException {
        new CpuBackend().close();
        System.out.println(ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerDirectivesPrint", null, null));
    }
}
