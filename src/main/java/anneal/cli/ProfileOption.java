package anneal.cli;

import anneal.kernel.profile.Peak;
import anneal.kernel.profile.ProfileReport;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --profile} and {@code --peak}, for commands that compute for long. */
final class ProfileOption {

    @Option(names = "--profile", order = 910,
            description = "At the end, tell where the time went by operation: calls, GFLOP/s, GB/s, and how many times "
                    + "longer than the least that this machine's peak allows. On standard error, or within --json.")
    private boolean profile;

    @Option(names = "--peak", paramLabel = "X", split = ",", order = 911,
            description = "For --profile: the machine's peak in GFLOP/s and GB/s, such as 500,46 (default: measured at "
                    + "the start, in two seconds).")
    private List<Double> peak;

    /**
     * Gets ready before the device is opened.
     *
     * @throws IllegalArgumentException if the peak is not two numbers above 0
     */
    Profiling start(DeviceOption device) {
        if (peak != null && peak.size() != 2) {
            throw new IllegalArgumentException("--peak must be two numbers, GFLOP/s and GB/s, such as 500,46; got "
                    + peak);
        }
        if (!profile) {
            return Profiling.OFF;
        }
        return peak == null ? Profiling.on(Devices.measurePeak(DeviceOptions.threads(device.threads())), true)
                : Profiling.on(new Peak(peak.get(0) * 1e9, peak.get(1) * 1e9), false);
    }

    /** Prints a report, if there is one. */
    void print(ProfileReport report, PrintWriter err) {
        if (report != null) {
            report.print(err);
            err.flush();
        }
    }
}
