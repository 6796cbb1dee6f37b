package anneal.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What the studies of a restorer have in common: who is studied, on what, and who judges. */
final class RestorerStudyOptions {

    @Option(names = "--model", paramLabel = "RUN|FILE|NAME", required = true, description = "A restorer.")
    private String model;

    @Option(names = "--data", paramLabel = "SET", required = true,
            description = "Real images that it was not trained on, as for train's --data.")
    private String data;

    @Option(names = "--judge", paramLabel = "RUN|FILE|NAME", required = true,
            description = "A classifier of clean images of this kind and size.")
    private String judge;

    @Option(names = "--count", paramLabel = "N", defaultValue = "1000",
            description = "Images; real ones from the beginning of the set (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Of all that is random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE.json", description = "Write the result as JSON, too.")
    private Path out;

    String model() {
        return model;
    }

    String data() {
        return data;
    }

    String judge() {
        return judge;
    }

    int count() {
        return count;
    }

    long seed() {
        return seed;
    }

    Path out() {
        return out;
    }
}
