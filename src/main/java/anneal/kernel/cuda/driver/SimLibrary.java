package anneal.kernel.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The simulator's shared library: loaded once, then a handle for every function of its table (native/library.cpp). */
final class SimLibrary {
    /** A library to take instead of the jar's, such as one built with checks. */
    static final String PROPERTY = "anneal.sim.library";
    private static final String RESOURCE = "libanneal-sim.so";
    private static final String REASON = "sim.missing";
    private static final long VERSION = 5;
    private static final long POINTER = ADDRESS.byteSize();

    private static final MemorySegment TABLE;
    private static final String MISSING;

    static {
        MemorySegment table = null;
        String missing = null;
        try {
            table = load();
            var why = text(table, 0);
            if (why != null) {
                missing = why;
            }
        } catch (UnavailableException e) {
            missing = e.getMessage();
        }
        TABLE = table;
        MISSING = missing;
    }

    static final MethodHandle COUNT = handle(1, FunctionDescriptor.of(JAVA_INT));
    static final MethodHandle NAME = handle(2, FunctionDescriptor.of(ADDRESS, JAVA_INT));
    static final MethodHandle FIND = handle(3, FunctionDescriptor.of(JAVA_INT, ADDRESS));
    static final MethodHandle PARAMETERS = handle(4, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    static final MethodHandle PARAMETER_BYTES = handle(5, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    static final MethodHandle LAUNCH = handle(6, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    static final MethodHandle SET_THREADS = handle(7, FunctionDescriptor.ofVoid(JAVA_INT));
    static final MethodHandle THREADS = handle(8, FunctionDescriptor.of(JAVA_INT));
    static final MethodHandle SET_SEED = handle(9, FunctionDescriptor.ofVoid(JAVA_LONG));
    static final MethodHandle ALLOCATE = handle(10, FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    static final MethodHandle RELEASE = handle(11, FunctionDescriptor.ofVoid(JAVA_LONG));

    static final MethodHandle CHECKED = handle(12, FunctionDescriptor.of(JAVA_INT));
    static final MethodHandle HANDED_OUT = handle(13, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG));
    static final MethodHandle WRITTEN = handle(14, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG));
    static final MethodHandle WAITS_MET = handle(15, FunctionDescriptor.of(ADDRESS));
    static final MethodHandle LEAVE_OUT = handle(16, FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));
    static final MethodHandle WATCH = handle(17, FunctionDescriptor.ofVoid(JAVA_INT));
    static final MethodHandle COUNTS = handle(18, FunctionDescriptor.of(ADDRESS));
    static final MethodHandle SET_SAMPLE = handle(19, FunctionDescriptor.ofVoid(JAVA_LONG));

    private SimLibrary() {
    }

    /** Why there is no simulator here; empty if there is one. */
    static Optional<String> missing() {
        return Optional.ofNullable(MISSING);
    }

    private static MemorySegment load() throws UnavailableException {
        try {
            var lookup = SymbolLookup.libraryLookup(file(), Arena.global());
            var entry = lookup.find("anneal_simulator").orElseThrow(() ->
                    new UnavailableException("its library has no anneal_simulator: build it again"));
            var function = Linker.nativeLinker().downcallHandle(entry, FunctionDescriptor.of(ADDRESS));
            var table = ((MemorySegment) function.invokeExact()).reinterpret(21 * POINTER);
            if (table.get(JAVA_LONG, 0) != VERSION) {
                throw new UnavailableException("its library is of another version: build it again");
            }
            return table;
        } catch (UnavailableException e) {
            throw e;
        } catch (Throwable e) {
            throw new UnavailableException("its library cannot be loaded: " + e.getMessage());
        }
    }

    /** The library as a file: from the jar it is copied out, for the operating system loads files only. */
    private static Path file() throws UnavailableException {
        var given = System.getProperty(PROPERTY);
        if (given != null) {
            return Path.of(given);
        }
        try {
            var found = SimLibrary.class.getResource(RESOURCE);
            if (found == null) {
                throw new UnavailableException(Resources.text(REASON)
                        .orElse("was built without its library: run tools/build-kernels, which needs g++"));
            }
            if (found.getProtocol().equals("file")) {
                return Path.of(found.toURI());
            }
            return copy();
        } catch (IOException | URISyntaxException e) {
            throw new UnavailableException("its library cannot be read: " + e.getMessage());
        }
    }

    private static Path copy() throws IOException {
        var folder = Files.createTempDirectory("anneal-sim");
        var file = folder.resolve(RESOURCE);
        try (var in = SimLibrary.class.getResourceAsStream(RESOURCE)) {
            Files.copy(in, file);
        }
        folder.toFile().deleteOnExit();   // the last to be deleted: the order is the opposite one
        file.toFile().deleteOnExit();
        return file;
    }

    private static MethodHandle handle(int index, FunctionDescriptor descriptor) {
        return TABLE == null ? null : Linker.nativeLinker().downcallHandle(
                TABLE.get(ADDRESS, POINTER * (1 + index)), descriptor);
    }

    private static String text(MemorySegment table, int index) throws UnavailableException {
        try {
            var function = Linker.nativeLinker().downcallHandle(table.get(ADDRESS, POINTER * (1 + index)),
                    FunctionDescriptor.of(ADDRESS));
            return text((MemorySegment) function.invokeExact());
        } catch (Throwable e) {
            throw new UnavailableException("its library does not answer: " + e.getMessage());
        }
    }

    /** A C string, or null for a null pointer. */
    static String text(MemorySegment pointer) {
        return pointer.address() == 0 ? null : pointer.reinterpret(Long.MAX_VALUE).getString(0, StandardCharsets.UTF_8);
    }

    /** What a call must not do, for the table's functions throw nothing. */
    static RuntimeException impossible(Throwable e) {
        return switch (e) {
            case RuntimeException r -> r;
            case Error error -> throw error;
            case IOException io -> new UncheckedIOException(io);
            default -> new IllegalStateException(e);
        };
    }

    /** There is no simulator; the message says why and what would bring it. */
    private static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        UnavailableException(String message) {
            super(message);
        }
    }
}
