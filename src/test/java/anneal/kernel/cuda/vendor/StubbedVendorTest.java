package anneal.kernel.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole way from a spec through JCuda's natives to a cuBLAS and a cuDNN, as far as that goes without a GPU:
 * libraries of the same names, versions and functions that compute on the processor. It shows that the renamed native
 * binds to a cuBLAS 13 and that arguments arrive in their places; of the real libraries it shows nothing. In a JVM of
 * its own, for what goes wrong with natives ends a process.
 */
class StubbedVendorTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {VendorNatives.CUBLAS_13, VendorNatives.CUBLAS_12})
    void resultsAreThoseOfTheCpu(String cublas) throws IOException, InterruptedException {
        library(cublas, "stub_cublas.c");
        library("libcudnn.so.9", "stub_cudnn.c", "stub_cudnn_graph.c");
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1",
                "-D" + LibraryFiles.PROPERTY + "=" + folder, "-cp", System.getProperty("java.class.path"),
                StubbedVendor.class.getName()).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertEquals("products by cuBLAS 13.1.0, convolutions by cuDNN 9.24.0: 49 results agree",
                output.lines().toList().getLast());
    }

    /** With the library's name as the version of its symbols, as NVIDIA has it. */
    private void library(String name, String... sources) throws IOException, InterruptedException {
        var script = Files.writeString(folder.resolve(name + ".version"), name + " { global: *; };\n");
        var command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-O1", "-o", folder.resolve(name).toString(),
                "-Wl,-soname," + name, "-Wl,--version-script=" + script));
        for (var source : sources) {
            var code = folder.resolve(source);
            try (var in = StubbedVendorTest.class.getResourceAsStream(source)) {
                Files.write(code, in.readAllBytes());
            }
            command.add(code.toString());
        }
        command.add("-lm");
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), output);
        } catch (IOException e) {
            Assumptions.abort("no gcc here");
        }
    }
}
