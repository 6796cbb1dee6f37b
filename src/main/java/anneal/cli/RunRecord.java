package anneal.cli;

import anneal.io.AtomicFiles;
import anneal.io.Json;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What made a file: enough to make it again.
 *
 * @param version of Anneal
 * @param commit  with "-dirty" where the build had local changes
 * @param java    virtual machine
 * @param system  operating system and architecture
 * @param device  that computed
 * @param seed    of all random numbers
 * @param began   time of day, UTC
 * @param command words of the command line, after the program's name
 */
record RunRecord(String version, String commit, String java, String system, String device, long seed, String began,
                 List<String> command) {

    /** Of this process. */
    static RunRecord of(Device device, long seed, List<String> command) {
        var build = Version.current();
        return new RunRecord(build.version(), build.commit() + (build.dirty() ? "-dirty" : ""),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                device.backend().description(), seed,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), command);
    }

    /** Writes any record as JSON, atomically. */
    static void write(Path file, Object record) throws IOException {
        AtomicFiles.write(file, out -> out.write((Json.write(record) + "\n").getBytes(StandardCharsets.UTF_8)));
    }
}
