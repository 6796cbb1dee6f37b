package anneal.kernel.cuda.vendor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;

/**
 * Loads NVIDIA's libraries and then JCuda's natives for them, once for a process. JCuda unpacks its natives into
 * java.io.tmpdir under fixed names and takes what lies there already; so there is a folder of our own, and in it first
 * of all the one that has to be changed: JCublas asks for cuBLAS 12, and on CUDA 13 it is made to ask for 13.
 */
final class VendorNatives {
    static final String CUBLAS_NATIVE = "libJCublas2-12.6.0-linux-x86_64.so";
    static final String CUBLAS_12 = "libcublas.so.12";
    static final String CUBLAS_13 = "libcublas.so.13";
    private static final String CUDNN = "libcudnn.so.9";
    private static final Optional<String> MISSING = load(LibraryFiles.folders(System::getenv));

    private VendorNatives() {
    }

    /** Why they cannot be used here and what would bring them; empty if they can. */
    static Optional<String> missing() {
        return MISSING;
    }

    private static Optional<String> load(List<Path> folders) {
        var cublas = LibraryFiles.find(folders, CUBLAS_13, CUBLAS_12);
        if (cublas.isEmpty()) {
            return absent(CUBLAS_13 + " or " + CUBLAS_12, "the CUDA toolkit or `pip install nvidia-cublas`");
        }
        var cudnn = LibraryFiles.find(folders, CUDNN);
        if (cudnn.isEmpty()) {
            return absent(CUDNN, "cuDNN 9 or `pip install nvidia-cudnn-cu13`");
        }
        var usual = System.getProperty("java.io.tmpdir");
        try {
            var own = Files.createTempDirectory("anneal-vendor");
            own.toFile().deleteOnExit();
            // what cuBLAS needs itself lies beside it, where the loader does not look
            var light = cublas.get().resolveSibling(cublas.get().getFileName().toString().replace("cublas",
                    "cublasLt"));
            if (Files.exists(light)) {
                System.load(light.toString());
            }
            System.load(cublas.get().toString());
            System.load(cudnn.get().toString());
            System.setProperty("java.io.tmpdir", own.toString());
            var copy = own.resolve(CUBLAS_NATIVE);
            Files.write(copy, cublasNative(cublas.get().getFileName().toString()));
            copy.toFile().deleteOnExit();
            JCublas2.setExceptionsEnabled(false);
            JCudnn.setExceptionsEnabled(false);
            try (var files = Files.list(own)) {
                files.forEach(f -> f.toFile().deleteOnExit());
            }
            return Optional.empty();
        } catch (IOException | UncheckedIOException | LinkageError e) {
            return Optional.of("cannot load " + cublas.get() + " and " + cudnn.get() + ": "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip());
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    private static Optional<String> absent(String library, String bringer) {
        return Optional.of("found no " + library + ": install " + bringer + ", or name the folder it is in with "
                + "ANNEAL_JAVA_OPTS=-D" + LibraryFiles.PROPERTY + "=FOLDER");
    }

    /** JCublas's native library, asking for the cuBLAS of that name. */
    static byte[] cublasNative(String library) throws IOException {
        try (var in = JCublas2.class.getResourceAsStream("/lib/" + CUBLAS_NATIVE)) {
            if (in == null) {
                throw new IOException("the jar has no " + CUBLAS_NATIVE);
            }
            var bytes = in.readAllBytes();
            return library.equals(CUBLAS_12) ? bytes : ElfNames.renamed(bytes, CUBLAS_12, library);
        }
    }
}
