package anneal.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Which build this is, as the build wrote it into {@code anneal/version.properties}.
 *
 * @param version the project's version
 * @param commit  full hash of the git commit, or "unknown" when there was no git to ask
 * @param dirty   whether tracked files differed from that commit
 */
record Version(String version, String commit, boolean dirty) {

    private static final String RESOURCE = "/anneal/version.properties";
    private static final String DIRTY = "-dirty";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}(" + DIRTY + ")?");

    /** The running build. Classes compiled without Maven carry an unfiltered file and are called "development". */
    public static Version current() {
        var properties = new Properties();
        try (var in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE + " of the jar", e);
        }
        var version = properties.getProperty("version", "${");
        var commit = properties.getProperty("commit", "");
        var known = COMMIT.matcher(commit).matches();
        return new Version(
                version.startsWith("${") ? "development" : version,
                known ? commit.substring(0, 40) : "unknown",
                known && commit.endsWith(DIRTY));
    }

    /** For example {@code 0.1.0-SNAPSHOT (8bb891858dfb, with local changes)}. */
    @Override
    public String toString() {
        var shortCommit = commit.substring(0, Math.min(12, commit.length()));
        return version + " (commit " + shortCommit + (dirty ? ", with local changes)" : ")");
    }
}
