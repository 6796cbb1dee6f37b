package anneal.kernel.cuda.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * Looks once whether this machine has a GPU that can be used, and keeps the answer. JCuda's classes end in an error
 * when libcuda is not there, so nothing else touches them before this has said yes.
 */
final class Gpu {
    /** The oldest architecture that the kernels are built for, as major * 10 + minor. */
    static final int OLDEST_ARCHITECTURE = 80;
    private static final String LIBRARY = "libcuda.so.1";
    private static final int NAME_BYTES = 256;
    private static final Look LOOK = look();

    private Gpu() {
    }

    /** @param missing why there is none; null if there is one, which {@code description} then tells about */
    private record Look(String missing, String description) {
    }

    static Optional<String> missing() {
        return Optional.ofNullable(LOOK.missing);
    }

    static String description() {
        return LOOK.description;
    }

    private static Look look() {
        var unbuilt = Resources.text("cuda.missing");
        if (unbuilt.isEmpty() && Resources.bytes("kernels.list").isEmpty()) {
            unbuilt = Optional.of("was built without its kernels: run tools/build-kernels, which needs nvcc");
        }
        var found = driver();
        if (found.missing != null) {
            return new Look(found.missing + unbuilt.map(reason -> "; it also " + reason).orElse(""), null);
        }
        return unbuilt.map(reason -> new Look(reason, null)).orElse(found);
    }

    private static Look driver() {
        try (var arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(LIBRARY, arena);
        } catch (IllegalArgumentException e) {
            return none("needs an NVIDIA driver and has found no " + LIBRARY
                    + ": install the driver (on a machine with an NVIDIA GPU)");
        }
        try {
            loadJCuda();
        } catch (UnsatisfiedLinkError | NoClassDefFoundError | UncheckedIOException e) {
            return none("cannot load JCuda: " + firstLine(e));
        }
        return device();
    }

    /** JCuda copies its libraries into java.io.tmpdir under fixed names and trusts what lies there already. */
    private static void loadJCuda() {
        var usual = System.getProperty("java.io.tmpdir");
        try {
            var own = Files.createTempDirectory("anneal-jcuda");
            own.toFile().deleteOnExit();
            System.setProperty("java.io.tmpdir", own.toString());
            JCudaDriver.setExceptionsEnabled(false);
            try (var files = Files.list(own)) {
                files.forEach(f -> f.toFile().deleteOnExit());   // before their folder: the order is reversed
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    private static Look device() {
        int status = JCudaDriver.cuInit(0);
        if (status != 0) {
            return none("has a driver that does not start (" + Status.text(status) + "): is there a GPU, and does nvidia-smi "
                    + "see it?");
        }
        var count = new int[1];
        Status.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        if (count[0] == 0) {
            return none("has a driver but no GPU: see what nvidia-smi and CUDA_VISIBLE_DEVICES say");
        }
        var device = new CUdevice();
        Status.check(JCudaDriver.cuDeviceGet(device, 0), "cuDeviceGet");
        var name = new byte[NAME_BYTES];
        Status.check(JCudaDriver.cuDeviceGetName(name, NAME_BYTES, device), "cuDeviceGetName");
        var total = new long[1];
        Status.check(JCudaDriver.cuDeviceTotalMem(total, device), "cuDeviceTotalMem");
        int major = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        int minor = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        var description = text(name) + ", sm_" + major + minor + ", " + (total[0] >> 20) + " MiB, driver for CUDA "
                + version();
        if (major * 10 + minor < OLDEST_ARCHITECTURE) {
            return none("has " + description + ", but needs sm_" + OLDEST_ARCHITECTURE + " (Ampere) or newer");
        }
        return new Look(null, description);
    }

    static int attribute(CUdevice device, int which) {
        var value = new int[1];
        Status.check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
        return value[0];
    }

    /** The newest CUDA that the driver knows, such as 12.4. */
    static String version() {
        var version = new int[1];
        Status.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0] / 1000 + "." + version[0] % 1000 / 10;
    }

    private static String text(byte[] name) {
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        return new String(name, 0, end, StandardCharsets.UTF_8);
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank()).findFirst().orElse("").strip();
    }

    private static Look none(String reason) {
        return new Look(reason, null);
    }
}
