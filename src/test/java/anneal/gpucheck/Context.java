package anneal.gpucheck;

import java.nio.file.Path;

/**
 * What a stage knows.
 *
 * @param home     the unpacked bundle
 * @param out      folder of the report, for files of the stage's own too
 * @param device   {@code cuda} or {@code sim}
 */
record Context(Stage stage, Path home, Path out, String device, Findings findings) {
    boolean onGpu() {
        return device.equals("cuda");
    }

    Path fixtures() {
        return home.resolve("fixtures");
    }

    /**
     * What {@code tools/build-kernels} makes on this machine; its classes stand before the bundle's on the class
     * path.
     */
    Path built() {
        return home.resolve("built");
    }
}
