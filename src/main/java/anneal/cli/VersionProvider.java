package anneal.cli;

import picocli.CommandLine.IVersionProvider;

/** The lines of {@code anneal --version}. */
final class VersionProvider implements IVersionProvider {

    @Override
    public String[] getVersion() {
        var build = Version.current();
        return new String[] {
            "anneal " + build,
            "java " + Runtime.version() + ", " + property("java.vm.name") + ", " + property("java.vendor"),
            property("os.name") + " " + property("os.arch"),
        };
    }

    private static String property(String name) {
        return System.getProperty(name);
    }
}
