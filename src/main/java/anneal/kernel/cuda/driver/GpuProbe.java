package anneal.kernel.cuda.driver;

import java.util.Optional;

/** What {@link GpuLook} asks of a machine, each question only when those before it had good answers. */
interface GpuProbe {
    /** A GPU's architecture is major * 10 + minor. */
    record Properties(String name, int architecture, long memoryBytes) {
    }

    /** A text that tools/build-kernels left beside the kernels; empty if there is none of that name. */
    Optional<String> built(String name);

    /** Whether the driver's library is on this machine. */
    boolean hasLibrary();

    /** Loads JCuda; empty if that worked, otherwise what went wrong. */
    Optional<String> loadJCuda();

    /** cuInit. */
    int start();

    /** CUDA's words for a status. */
    String words(int status);

    int count();

    /** Of the first GPU. */
    Properties properties();

    /** The newest CUDA that the driver knows, as 1000 * major + 10 * minor. */
    int driverVersion();
}
