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
    private static final GpuLook LOOK = GpuLook.of(new Probe());

    private Gpu() {
    }

    static Optional<String> missing() {
        return Optional.ofNullable(LOOK.missing());
    }

    static String description() {
        return LOOK.description();
    }

    static int attribute(CUdevice device, int which) {
        var value = new int[1];
        Status.check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
        return value[0];
    }

    /** The newest CUDA that the driver knows, such as 12.4. */
    static String version() {
        return GpuLook.version(driverVersion());
    }

    private static int driverVersion() {
        var version = new int[1];
        Status.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0];
    }

    /** This machine, through JCuda. */
    private static final class Probe implements GpuProbe {
        private static final String LIBRARY = "libcuda.so.1";
        private static final int NAME_BYTES = 256;

        @Override
        public Optional<String> built(String name) {
            return Resources.text(name);
        }

        @Override
        public boolean hasLibrary() {
            try (var arena = Arena.ofConfined()) {
                SymbolLookup.libraryLookup(LIBRARY, arena);
                return true;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        /** JCuda copies its libraries into java.io.tmpdir under fixed names and trusts what lies there already. */
        @Override
        public Optional<String> loadJCuda() {
            var usual = System.getProperty("java.io.tmpdir");
            try {
                var own = Files.createTempDirectory("anneal-jcuda");
                own.toFile().deleteOnExit();
                System.setProperty("java.io.tmpdir", own.toString());
                JCudaDriver.setExceptionsEnabled(false);
                try (var files = Files.list(own)) {
                    files.forEach(f -> f.toFile().deleteOnExit());   // before their folder: the order is reversed
                }
                return Optional.empty();
            } catch (IOException | UncheckedIOException | UnsatisfiedLinkError | NoClassDefFoundError e) {
                return Optional.of(firstLine(e));
            } finally {
                System.setProperty("java.io.tmpdir", usual);
            }
        }

        private static String firstLine(Throwable e) {
            return String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank()).findFirst().orElse("")
                    .strip();
        }

        @Override
        public int start() {
            return JCudaDriver.cuInit(0);
        }

        @Override
        public String words(int status) {
            return Status.text(status);
        }

        @Override
        public int count() {
            var count = new int[1];
            Status.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
            return count[0];
        }

        @Override
        public Properties properties() {
            var device = new CUdevice();
            Status.check(JCudaDriver.cuDeviceGet(device, 0), "cuDeviceGet");
            var name = new byte[NAME_BYTES];
            Status.check(JCudaDriver.cuDeviceGetName(name, NAME_BYTES, device), "cuDeviceGetName");
            var total = new long[1];
            Status.check(JCudaDriver.cuDeviceTotalMem(total, device), "cuDeviceTotalMem");
            int major = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
            int minor = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
            return new Properties(text(name), major * 10 + minor, total[0]);
        }

        private static String text(byte[] name) {
            int end = 0;
            while (end < name.length && name[end] != 0) {
                end++;
            }
            return new String(name, 0, end, StandardCharsets.UTF_8);
        }

        @Override
        public int driverVersion() {
            return Gpu.driverVersion();
        }
    }
}
