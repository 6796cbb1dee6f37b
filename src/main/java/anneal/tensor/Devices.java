package anneal.tensor;

import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
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
     * @param name {@code cpu} (float32, Vector API) or {@code reference} (float64, plain loops)
     * @throws IllegalArgumentException for a name that is unknown, or known but not available here; the message says why
     */
    public static Device open(String name, DeviceOptions options) {
        unavailable(name).ifPresent(reason -> {
            throw new IllegalArgumentException("device '" + name + "' " + reason);
        });
        return switch (name) {
            case "cpu" -> new Device(new CpuBackend(cpuOptions(options)));
            case "reference" -> new Device(new ReferenceBackend(options.poison()));
            default -> throw new IllegalArgumentException("there is no device '" + name + "': use one of "
                    + String.join(", ", NAMES));
        };
    }

    /** Why a known device cannot be opened here; empty if it can, or if the name is unknown. */
    public static Optional<String> unavailable(String name) {
        return switch (name) {
            case "cuda", "sim" -> Optional.of("is not there yet: it comes with the CUDA kernels; use cpu or reference");
            default -> Optional.empty();
        };
    }

    private static CpuOptions cpuOptions(DeviceOptions o) {
        int threads = o.threads() == 0 ? Runtime.getRuntime().availableProcessors() : o.threads();
        return new CpuOptions(threads, o.poison(), o.forceScalar());
    }
}
