package anneal.cli;

import picocli.CommandLine.IVersionProvider;

/** The lines of {@code anneal --version}. */
final class VersionProvider implements IVersionProvider {

    @Override
    public String[] getVersion() {
        var build = Version.current();
        return new String[] {
            "anneal " + build,
            "java " + Runtime.version() + ", " + System.getProperty("java.vm.name") + ", " + System.getProperty("java.vendor"),
            System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        };
    }
}
