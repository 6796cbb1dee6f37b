package anneal.kernel.cuda;

import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.Driver;
import anneal.kernel.cuda.driver.GpuDriver;
import anneal.kernel.cuda.driver.HostDriver;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The device that the tests of CUDA's kernels run on: the simulator, or with {@code -Danneal.test.device=cuda} a GPU.
 * Where it is not there, the tests are skipped with the reason.
 */
public final class TestedDevice {
    /** {@code sim}, which is the default, or {@code cuda}. */
    public static final String DEVICE = "anneal.test.device";
    /**
     * {@code false} leaves fresh memory as it is, for a tool that itself watches over what was never written: to it
     * poison looks like data.
     */
    public static final String POISON = "anneal.test.poison";

    /** {@code true} has cuBLAS and cuDNN multiply and convolve. */
    public static final String VENDOR = "anneal.test.vendor";

    private static final String SIM = "sim";
    private static final int THREADS = 2;

    private TestedDevice() {
    }

    public static String name() {
        return System.getProperty(DEVICE, SIM);
    }

    /** Why it is not there and what would bring it; empty if it is there. */
    public static Optional<String> unavailable() {
        return switch (name()) {
            case SIM -> CudaBackend.simUnavailable();
            case "cuda" -> CudaBackend.gpuUnavailable();
            default -> throw new IllegalArgumentException(DEVICE + "=" + name() + ": it must be sim or cuda");
        };
    }

    /** A fresh device on memory that is NaN until written. */
    public static CudaBackend open(Precision precision) {
        assumeAvailable();
        var options = new CudaOptions(THREADS, poison(), precision, Boolean.getBoolean(VENDOR));
        return name().equals(SIM) ? CudaBackend.sim(options) : CudaBackend.gpu(options);
    }

    /** Its driver alone. */
    static Driver driver() {
        assumeAvailable();
        return name().equals(SIM) ? new HostDriver(THREADS) : new GpuDriver();
    }

    private static boolean poison() {
        return Boolean.parseBoolean(System.getProperty(POISON, "true"));
    }

    /** Skips the test, with the reason, where the device is not there. */
    public static void assumeAvailable() {
        unavailable().ifPresent(reason -> Assumptions.abort("no " + name() + " device here: it " + reason));
    }
}
