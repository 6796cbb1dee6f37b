package anneal.kernel.cuda.driver;

import java.util.Optional;
import jcuda.driver.CUresult;

/**
 * Whether a machine has a GPU that can be used, and if not, in one line, why not and what would bring it.
 *
 * @param missing     to be read behind the device's name; null if there is one
 * @param description of the GPU, null if there is none
 */
record GpuLook(String missing, String description) {
    /** The oldest architecture that the kernels are built for, as major * 10 + minor. */
    private static final int OLDEST_ARCHITECTURE = 80;

    static GpuLook of(GpuProbe probe) {
        var unbuilt = unbuilt(probe);
        var found = driver(probe);
        if (found.missing != null) {
            return none(found.missing + unbuilt.map(reason -> "; it also " + reason).orElse(""));
        }
        return unbuilt.map(GpuLook::none).orElse(found);
    }

    /** Kernels that are there count more than a note that they were missing, which an older build may have left. */
    private static Optional<String> unbuilt(GpuProbe probe) {
        if (probe.built("kernels.list").isPresent()) {
            return Optional.empty();
        }
        return Optional.of(probe.built("cuda.missing")
                .orElse("was built without its kernels: run tools/build-kernels, which needs nvcc"));
    }

    private static GpuLook driver(GpuProbe probe) {
        if (!probe.hasLibrary()) {
            return none("needs an NVIDIA driver and has found no libcuda.so.1: install the driver (on a "
                    + "machine with an NVIDIA GPU)");
        }
        var trouble = probe.loadJCuda();
        if (trouble.isPresent()) {
            return none("cannot load JCuda: " + trouble.get());
        }
        int status = probe.start();
        if (status != CUresult.CUDA_SUCCESS) {
            return none(notStarted(status, probe.words(status)));
        }
        return probe.count() == 0 ? none(noGpu()) : gpu(probe);
    }

    private static String notStarted(int status, String words) {
        return switch (status) {
            case CUresult.CUDA_ERROR_NO_DEVICE -> noGpu();
            case CUresult.CUDA_ERROR_STUB_LIBRARY -> "has found the CUDA toolkit's stub of libcuda.so.1, which only "
                    + "links: take its folder out of LD_LIBRARY_PATH, or install the driver";
            case CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH -> "has a libcuda.so.1 of another version than the "
                    + "running driver: restart the machine, or take the other one out of LD_LIBRARY_PATH";
            default -> "has a driver that does not start (" + words + "): is there a GPU, and does nvidia-smi see it?";
        };
    }

    private static String noGpu() {
        return "has a driver but no GPU: see what nvidia-smi and CUDA_VISIBLE_DEVICES say";
    }

    private static GpuLook gpu(GpuProbe probe) {
        var gpu = probe.properties();
        int driver = probe.driverVersion();
        var description = gpu.name() + ", sm_" + gpu.architecture() + ", " + (gpu.memoryBytes() >> 20)
                + " MiB, driver for CUDA " + version(driver);
        if (gpu.architecture() < OLDEST_ARCHITECTURE) {
            return none("has " + description + ", but needs sm_" + OLDEST_ARCHITECTURE + " (Ampere) or newer");
        }
        var nvcc = probe.built("nvcc.version").orElse("");
        int compiler = major(nvcc);
        if (compiler > driver / 1000) {
            return none("has " + description + ", which cannot load kernels that nvcc " + nvcc
                    + " built: update the driver to "
                    + "one for CUDA " + compiler + ", or build with an nvcc " + driver / 1000);
        }
        return new GpuLook(null, description);
    }

    /** Such as 12.4. */
    static String version(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** 0 if it is not known. */
    private static int major(String version) {
        return version.matches("\\d{1,4}\\..*") ? Integer.parseInt(version.substring(0, version.indexOf('.'))) : 0;
    }

    private static GpuLook none(String reason) {
        return new GpuLook(reason, null);
    }
}
