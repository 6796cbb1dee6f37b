package anneal.cli;

import anneal.tensor.Device;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The most memory that was ever in use.
 *
 * @param peakMemoryBytes  by tensors at once, planned or not
 * @param plannedBytes     of it set aside for a repeated step by its recorded plan; 0 if no step was repeated
 * @param peakProcessBytes by this whole process: tensors, Java's heap and everything else. Null, and not printed, where
 *                         the system does not tell (only Linux does, in /proc)
 */
record PeakMemory(long peakMemoryBytes, long plannedBytes,
                  @JsonInclude(JsonInclude.Include.NON_NULL) Long peakProcessBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String HIGH_WATER_MARK = "VmHWM:";

    static PeakMemory of(Device device) {
        return new PeakMemory(device.memory().peakBytes(), device.plannedPeakBytes(), process());
    }

    private static Long process() {
        try (var lines = Files.lines(STATUS, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(HIGH_WATER_MARK))
                    .map(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst().orElse(null);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** For people. */
    @Override
    public String toString() {
        return Figures.bytes(peakMemoryBytes) + " of tensors"
                + (plannedBytes == 0 ? "" : " (" + Figures.bytes(plannedBytes) + " of it a step's planned memory)")
                + (peakProcessBytes == null ? "" : ", " + Figures.bytes(peakProcessBytes) + " of the whole process");
    }
}
