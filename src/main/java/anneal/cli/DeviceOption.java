package anneal.cli;

import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import picocli.CommandLine.Option;

/** {@code --device} and {@code --threads}, the same for every command that computes. */
final class DeviceOption {

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", order = 900,
            description = "Where to compute: cpu, reference, cuda or sim (default: ${DEFAULT-VALUE}). "
                    + "'anneal devices' lists what is there.")
    private String device;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", order = 901,
            description = "Threads of the cpu device; 0 takes every processor (default: ${DEFAULT-VALUE}). "
                    + "The results do not depend on it.")
    private int threads;

    /**
     * Opens the device that was asked for.
     *
     * @throws IllegalArgumentException in one line, if there is none of that name, or not here
     */
    Device open() {
        return Devices.open(device, DeviceOptions.threads(threads));
    }

    /** As {@link #open()}; its calls are noted if there is anything to note them in. */
    Device open(Profiling profiling) {
        return Devices.open(device, DeviceOptions.threads(threads).with(profiling.profile()));
    }

    int threads() {
        return threads;
    }

    /** These options as they would have to be repeated; empty where they are the defaults. */
    String words() {
        return (device.equals("cpu") ? "" : " --device " + device) + (threads == 0 ? "" : " --threads " + threads);
    }
}
