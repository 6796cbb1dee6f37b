package anneal.cli;

import anneal.kernel.ConvAlgorithm;
import anneal.kernel.Precision;
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
            description = "Threads of the cpu and sim devices; 0 takes every processor (default: ${DEFAULT-VALUE}). "
                    + "The results do not depend on it.")
    private int threads;

    @Option(names = "--precision", paramLabel = "NAME", defaultValue = "fp32", order = 902,
            description = "What cuda and sim store and multiply: fp32, tf32 (float32 with products on tensor cores) or "
                    + "bf16 (bfloat16 activations) (default: ${DEFAULT-VALUE}).")
    private String precision;

    @Option(names = "--conv", paramLabel = "NAME", defaultValue = "auto", order = 903,
            description = "How the cpu device convolves: auto (directly or by Winograd's F(2x2,3x3), by shape), fast (by "
                    + "F(4x4,3x3) where that is faster, which is less exact: for sampling), or direct, f2, f4 (default: "
                    + "${DEFAULT-VALUE}).")
    private String convolution;

    @Option(names = "--vendor", order = 904,
            description = "Products and convolutions of the cuda device by cuBLAS and cuDNN, to measure beside its own "
                    + "kernels.")
    private boolean vendor;

    @Option(names = "--graphs", order = 905,
            description = "Steps of the cuda and sim devices recorded once as a graph and replayed: one call a step instead "
                    + "of one for every kernel, with the same bits.")
    private boolean graphs;

    /**
     * Opens the device that was asked for.
     *
     * @throws IllegalArgumentException in one line, if there is none of that name, or not here
     */
    Device open() {
        return Devices.open(device, options());
    }

    /** As {@link #open()}; its calls are noted if there is anything to note them in. */
    Device open(Profiling profiling) {
        return Devices.open(device, options().with(profiling.profile()));
    }

    private DeviceOptions options() {
        return DeviceOptions.threads(threads).with(Precision.of(precision)).with(ConvAlgorithm.of(convolution))
                .withVendor(vendor).withGraphs(graphs);
    }

    /**
     * For a training, which has to go on with the same bits when it is resumed.
     *
     * @throws IllegalArgumentException in one line, if another way to convolve was asked for
     */
    void requireUsualConvolutions() {
        if (ConvAlgorithm.of(convolution) != ConvAlgorithm.AUTO) {
            throw new IllegalArgumentException("--conv " + convolution + " is for sampling; a training computes with "
                    + "--conv auto, so that it can be resumed to the same bits");
        }
    }

    int threads() {
        return threads;
    }

    /** @throws IllegalArgumentException in one line, if there is none of that name */
    Precision precision() {
        return Precision.of(precision);
    }

    /** These options as they would have to be repeated; empty where they are the defaults. */
    String words() {
        return (device.equals("cpu") ? "" : " --device " + device) + (threads == 0 ? "" : " --threads " + threads)
                + (precision.equals("fp32") ? "" : " --precision " + precision)
                + (convolution.equals("auto") ? "" : " --conv " + convolution)
                + (vendor ? " --vendor" : "") + (graphs ? " --graphs" : "");
    }
}
