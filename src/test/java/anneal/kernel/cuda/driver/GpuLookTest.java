package anneal.kernel.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Test;

/** Each way in which a GPU can be missing is told in one line that says what would bring it. */
class GpuLookTest {
    /** A machine with an H100 and kernels by nvcc 13.0, but for what a test changes. */
    private static final class Machine implements GpuProbe {
        private final Map<String, String> built = new HashMap<>(Map.of("kernels.list", "gemm.fatbin", "nvcc.version",
                "13.0"));
        private boolean library = true;
        private String trouble;
        private int start;
        private int count = 1;
        private int architecture = 90;
        private int driver = 13000;

        @Override
        public Optional<String> built(String name) {
            return Optional.ofNullable(built.get(name));
        }

        @Override
        public boolean hasLibrary() {
            return library;
        }

        @Override
        public Optional<String> loadJCuda() {
            assertTrue(library, "JCuda's classes must not be touched without libcuda");
            return Optional.ofNullable(trouble);
        }

        @Override
        public int start() {
            assertNull(trouble);
            return start;
        }

        @Override
        public String words(int status) {
            return "status " + status;
        }

        @Override
        public int count() {
            assertEquals(0, start);
            return count;
        }

        @Override
        public Properties properties() {
            assertTrue(count > 0);
            return new Properties("NVIDIA H100", architecture, 80L << 30);
        }

        @Override
        public int driverVersion() {
            return driver;
        }
    }

    private static void assertMissing(Machine machine, String... words) {
        var look = GpuLook.of(machine);
        assertNull(look.description());
        assertFalse(look.missing().contains("\n"));
        for (var w : words) {
            assertTrue(look.missing().contains(w), look.missing());
        }
    }

    @Test
    void aGpuWithADriverAndKernelsIsDescribed() {
        var look = GpuLook.of(new Machine());
        assertNull(look.missing());
        assertEquals("NVIDIA H100, sm_90, 81920 MiB, driver for CUDA 13.0", look.description());
    }

    @Test
    void noLibcuda() {
        var m = new Machine();
        m.library = false;
        assertMissing(m, "libcuda.so.1", "install the driver");
    }

    @Test
    void noKernelsOnAMachineWithAGpu() {
        var m = new Machine();
        m.built.clear();
        m.built.put("cuda.missing", "was built without nvcc: install the CUDA toolkit and build again");
        assertMissing(m, "was built without nvcc: install");
    }

    @Test
    void neitherLibcudaNorKernels() {
        var m = new Machine();
        m.library = false;
        m.built.clear();
        m.built.put("cuda.missing", "was built without nvcc: install the CUDA toolkit and build again");
        assertMissing(m, "libcuda.so.1", "it also was built without nvcc: install");
    }

    @Test
    void classesThatNobodyRanTheScriptFor() {
        var m = new Machine();
        m.built.clear();
        assertMissing(m, "tools/build-kernels");
    }

    /** As in the bundle, whose jar says that it has none, when the machine's own nvcc has built them since. */
    @Test
    void kernelsThatAreThereCountMoreThanANoteThatTheyWereMissing() {
        var m = new Machine();
        m.built.put("cuda.missing", "was built without nvcc");
        assertNull(GpuLook.of(m).missing());
    }

    @Test
    void nativesThatDoNotLoad() {
        var m = new Machine();
        m.trouble = "no room in /tmp";
        assertMissing(m, "cannot load JCuda: no room in /tmp");
    }

    @Test
    void driverTroubles() {
        var m = new Machine();
        m.start = CUresult.CUDA_ERROR_NO_DEVICE;
        assertMissing(m, "no GPU", "CUDA_VISIBLE_DEVICES");
        m.start = CUresult.CUDA_ERROR_STUB_LIBRARY;
        assertMissing(m, "stub", "LD_LIBRARY_PATH");
        m.start = CUresult.CUDA_ERROR_SYSTEM_DRIVER_MISMATCH;
        assertMissing(m, "restart");
        m.start = CUresult.CUDA_ERROR_UNKNOWN;
        assertMissing(m, "does not start (status 999)", "nvidia-smi");
        m.start = 0;
        m.count = 0;
        assertMissing(m, "no GPU");
    }

    @Test
    void anOldGpu() {
        var m = new Machine();
        m.architecture = 75;
        assertMissing(m, "sm_75", "needs sm_80");
    }

    @Test
    void anOlderDriver() {
        var m = new Machine();
        m.driver = 12040;
        assertMissing(m, "driver for CUDA 12.4", "nvcc 13.0", "update the driver to one for CUDA 13", "nvcc 12");
    }

    /** Within a major version machine code of a newer nvcc loads on an older driver. */
    @Test
    void aMinorVersionIsNoHindrance() {
        var m = new Machine();
        m.built.put("nvcc.version", "13.2");
        assertNull(GpuLook.of(m).missing());
    }
}
