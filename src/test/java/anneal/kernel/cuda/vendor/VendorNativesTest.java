package anneal.kernel.cuda.vendor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How cuBLAS and cuDNN are found and JCublas is made to ask for cuBLAS 13, on the real native library of JCublas. */
class VendorNativesTest {
    @TempDir
    private Path folder;

    @Test
    void theHashIsThatOfTheSystemVAbi() {
        assertEquals(0xef62132, ElfNames.hash("libcublas.so.12"));
        assertEquals(0xef62133, ElfNames.hash("libcublas.so.13"));
        assertEquals(0x09691a75, ElfNames.hash("GLIBC_2.2.5"));
    }

    @Test
    void jcublasAsksForCublas13OnceItIsRenamed() throws IOException {
        var before = VendorNatives.cublasNative(VendorNatives.CUBLAS_12);
        var after = VendorNatives.cublasNative(VendorNatives.CUBLAS_13);
        assertTrue(ElfNames.needed(before).contains("libcublas.so.12"));
        assertTrue(ElfNames.versions(before).contains("libcublas.so.12:libcublas.so.12:ef62132"));
        var needed = ElfNames.needed(before).stream().map(n -> n.replace("cublas.so.12", "cublas.so.13")).toList();
        assertEquals(needed, ElfNames.needed(after));
        assertTrue(ElfNames.versions(after).contains("libcublas.so.13:libcublas.so.13:ef62133"));
        assertEquals(ElfNames.versions(before).size(), ElfNames.versions(after).size());
        long changed = 0;
        for (int i = 0; i < before.length; i++) {
            changed += before[i] == after[i] ? 0 : 1;
        }
        assertTrue(changed >= 2 && changed <= 4, changed + " bytes differ");
    }

    /** binutils reads the same out of it. */
    @Test
    void readelfAgrees() throws IOException, InterruptedException {
        var file = Files.write(folder.resolve("native.so"), VendorNatives.cublasNative(VendorNatives.CUBLAS_13));
        Process process;
        try {
            process = new ProcessBuilder("readelf", "-W", "-d", "-V",
                    file.toString()).redirectErrorStream(true).start();
        } catch (IOException e) {
            Assumptions.abort("no readelf here");
            return;
        }
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        assertTrue(text.contains("Shared library: [libcublas.so.13]"), text);
        assertTrue(text.lines().anyMatch(l -> l.contains("Name: libcublas.so.13")), text);
        assertFalse(text.contains("libcublas.so.12"), text);
    }

    @Test
    void onlyWhatIsAskedForCanBeRenamed() throws IOException {
        var library = VendorNatives.cublasNative(VendorNatives.CUBLAS_12);
        assertThrows(IllegalArgumentException.class, () -> ElfNames.renamed(library, "libcublas.so.11",
                "libcublas.so.13"));
        assertThrows(IllegalArgumentException.class, () -> ElfNames.renamed(library, "libcublas.so.12",
                "libcublas.so.9"));
        assertThrows(IllegalArgumentException.class,
                () -> ElfNames.needed("no library".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void librariesAreFoundByNameFirstThenByFolder() throws IOException {
        var first = Files.createDirectories(folder.resolve("first"));
        var second = Files.createDirectories(folder.resolve("second"));
        Files.createFile(first.resolve("libcublas.so.12"));
        Files.createFile(second.resolve("libcublas.so.13"));
        assertEquals(second.resolve("libcublas.so.13").toAbsolutePath(),
                LibraryFiles.find(List.of(first, second), "libcublas.so.13", "libcublas.so.12").orElseThrow());
        assertTrue(LibraryFiles.find(List.of(first, folder.resolve("nowhere")), "libcudnn.so.9").isEmpty());
    }

    @Test
    void aPythonsPackagesAreSearched() throws IOException {
        var lib = Files.createDirectories(folder.resolve("env/lib/python3.12/site-packages/nvidia/cudnn/lib"));
        var found = LibraryFiles.folders(name -> name.equals("VIRTUAL_ENV") ? folder.resolve("env").toString() : null);
        assertTrue(found.contains(lib), found.toString());
    }

    /** What is called must be there: names of Java methods are all that can be seen of it without a GPU. */
    @Test
    void jcudaBindsWhatIsCalled() {
        var cublas = Arrays.stream(JCublas2.class.getDeclaredMethods()).map(m -> m.getName()).toList();
        assertTrue(cublas.containsAll(List.of("cublasGemmEx_new", "cublasGemmStridedBatchedEx_new",
                "cublasSetStream")));
        var cudnn = Arrays.stream(JCudnn.class.getDeclaredMethods()).map(m -> m.getName()).toList();
        assertTrue(cudnn.containsAll(List.of("cudnnConvolutionForward", "cudnnConvolutionBackwardData",
                "cudnnConvolutionBackwardFilter", "cudnnGetErrorString", "cudnnSetConvolutionMathType")));
    }

    @Test
    void vendorIsRefusedInOneLineOnOtherDevices() {
        var vendor = DeviceOptions.DEFAULT.withVendor(true);
        Stream.of("cpu", "reference").forEach(name -> {
            var e = assertThrows(IllegalArgumentException.class, () -> Devices.open(name, vendor));
            assertTrue(e.getMessage().contains("--vendor") && e.getMessage().contains("cuda"), e.getMessage());
            assertArrayEquals(new String[] {e.getMessage()}, e.getMessage().lines().toArray());
        });
    }
}
