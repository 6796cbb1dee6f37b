package anneal.tensor;

import anneal.kernel.Backend;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.kernel.cpu.CpuPeak;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.CudaOptions;
import anneal.kernel.Lowering;
import anneal.kernel.Precision;
import anneal.kernel.profile.Peak;
import anneal.kernel.profile.ProfiledBackend;
import anneal.kernel.reference.ReferenceBackend;
import java.util.List;
import java.util.Optional;

/** Opens devices by name. */
public final class Devices {
    /** Every name that {@link #open} knows, also of devices that are not there. */
    public static final List<String> NAMES = List.of("cpu", "reference", "cuda", "sim");

    private Devices() {
    }

    /** As {@link #open(String, DeviceOptions)} with {@link DeviceOptions#DEFAULT}. */
    public static Device open(String name) {
        return open(name, DeviceOptions.DEFAULT);
    }

    /**
     * @param name {@code cpu} (float32, Vector API), {@code reference} (float64, plain loops), {@code cuda} (a GPU) or
     *             {@code sim} (the same kernels on the host simulator)
     * @throws IllegalArgumentException for a name that is unknown, or known but not available here; the message says why
     */
    public static Device open(String name, DeviceOptions options) {
        unavailable(name).ifPresent(reason -> {
            throw new IllegalArgumentException("device '" + name + "' " + reason);
        });
        if (options.precision() != Precision.FP32 && !name.equals("cuda") && !name.equals("sim")) {
            throw new IllegalArgumentException("device '" + name + "' has no precision to choose; cuda and sim do");
        }
        if (options.convolution() != ConvAlgorithm.AUTO && !name.equals("cpu")) {
            throw new IllegalArgumentException("device '" + name + "' convolves in one way only; cpu has several");
        }
        if (options.vendor() && !name.equals("cuda")) {
            throw new IllegalArgumentException("device '" + name + "' multiplies by kernels of its own only; of cuBLAS and "
                    + "cuDNN, which --vendor asks for, the device is cuda");
        }
        checkGraphs(name, options);
        var backend = backend(name, options);
        var profiled = options.profile() == null ? backend : new ProfiledBackend(backend, options.profile());
        return new Device(profiled, new Lowering(profiled), options.graphs());
    }

    private static void checkGraphs(String name, DeviceOptions options) {
        if (!options.graphs()) {
            return;
        }
        if (!name.equals("cuda") && !name.equals("sim")) {
            throw new IllegalArgumentException("device '" + name + "' has no graphs; cuda and sim do");
        }
        if (options.profile() != null) {
            throw new IllegalArgumentException("a profile times every call, and a graph has none: choose one of the two");
        }
        if (options.vendor()) {
            throw new IllegalArgumentException("graphs are of the device's own kernels: choose them or --vendor");
        }
    }

    private static Backend backend(String name, DeviceOptions options) {
        return switch (name) {
            case "cpu" -> new CpuBackend(cpuOptions(options));
            case "reference" -> new ReferenceBackend(options.poison());
            case "sim" -> CudaBackend.sim(cudaOptions(options));
            case "cuda" -> CudaBackend.gpu(cudaOptions(options));
            default -> throw new IllegalArgumentException("there is no device '" + name + "': use one of "
                    + String.join(", ", NAMES));
        };
    }

    /** Why a known device cannot be opened here; empty if it can, or if the name is unknown. */
    public static Optional<String> unavailable(String name) {
        return switch (name) {
            case "sim" -> CudaBackend.simUnavailable();
            case "cuda" -> CudaBackend.gpuUnavailable();
            default -> Optional.empty();
        };
    }

    private static int threads(DeviceOptions o) {
        return o.threads() == 0 ? Runtime.getRuntime().availableProcessors() : o.threads();
    }

    /** Measures, in about two seconds, the most that this machine's processors do with as many threads. */
    public static Peak measurePeak(DeviceOptions options) {
        return CpuPeak.measure(threads(options));
    }

    private static CpuOptions cpuOptions(DeviceOptions o) {
        return new CpuOptions(threads(o), o.poison(), o.forceScalar(), o.convolution());
    }

    private static CudaOptions cudaOptions(DeviceOptions o) {
        return new CudaOptions(o.threads(), o.poison(), o.precision(), o.vendor());
    }
}
