package anneal.kernel.cuda.vendor;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Where NVIDIA's libraries lie: with the toolkit, with the system's, or in a Python's packages. */
final class LibraryFiles {
    /** Folders to look into before the usual ones, separated as in a PATH. */
    static final String PROPERTY = "anneal.vendor.libraries";
    private static final List<String> USUAL = List.of("/usr/local/cuda/lib64",
            "/usr/local/cuda/targets/x86_64-linux/lib",
            "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/opt/cuda/lib64");
    /** Under a folder that holds Pythons or their environments. */
    private static final List<String> PACKAGES = List.of("lib/python3*/site-packages/nvidia/*/lib",
            "lib/python3*/dist-packages/nvidia/*/lib");

    private LibraryFiles() {
    }

    /** The first of {@code names} that one of the folders has, names first; empty if none has. */
    static Optional<Path> find(List<Path> folders, String... names) {
        for (var name : names) {
            for (var folder : folders) {
                if (Files.isRegularFile(folder.resolve(name))) {
                    return Optional.of(folder.resolve(name).toAbsolutePath());
                }
            }
        }
        return Optional.empty();
    }

    /** @param environment gives a variable's value, or null */
    static List<Path> folders(UnaryOperator<String> environment) {
        var all = new ArrayList<Path>();
        addAll(all, System.getProperty(PROPERTY));
        addAll(all, environment.apply("LD_LIBRARY_PATH"));
        var home = environment.apply("CUDA_HOME");
        if (home != null) {
            all.add(Path.of(home, "lib64"));
        }
        USUAL.forEach(folder -> all.add(Path.of(folder)));
        var pythons = new ArrayList<Path>();
        var active = environment.apply("VIRTUAL_ENV");
        if (active != null) {
            pythons.add(Path.of(active));
        }
        onPath(environment.apply("PATH")).ifPresent(pythons::add);
        pythons.addAll(List.of(Path.of("/usr/local"), Path.of("/usr")));
        pythons.forEach(python -> PACKAGES.forEach(pattern -> all.addAll(matching(python, pattern))));
        return all;
    }

    private static void addAll(List<Path> all, String folders) {
        if (folders != null) {
            for (var folder : folders.split(File.pathSeparator)) {
                if (!folder.isEmpty()) {
                    all.add(Path.of(folder));
                }
            }
        }
    }

    /** The folder above the {@code bin} of the first python3 on the PATH. */
    private static Optional<Path> onPath(String path) {
        if (path == null) {
            return Optional.empty();
        }
        for (var folder : path.split(File.pathSeparator)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "python3"))) {
                return Optional.ofNullable(Path.of(folder).toAbsolutePath().getParent());
            }
        }
        return Optional.empty();
    }

    /**
     * The folders below {@code start} that a pattern of plain names and globs leads to, in the order of their names.
     */
    private static List<Path> matching(Path start, String pattern) {
        var found = List.of(start);
        for (var name : pattern.split("/")) {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
            var next = new ArrayList<Path>();
            for (var folder : found) {
                if (Files.isDirectory(folder)) {
                    try (var inside = Files.list(folder)) {
                        inside.filter(f -> matcher.matches(f.getFileName())).sorted().forEach(next::add);
                    } catch (IOException unreadable) {
                        continue;   // as if it were empty
                    }
                }
            }
            found = next;
        }
        return found;
    }
}
