package anneal.kernel.cuda.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What tools/build-kernels put beside these classes. */
final class Resources {
    private Resources() {
    }

    /** A file's bytes; empty when there is no such file. */
    static Optional<byte[]> bytes(String name) {
        try (var in = Resources.class.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's text without the blanks around it. */
    static Optional<String> text(String name) {
        return bytes(name).map(b -> new String(b, StandardCharsets.UTF_8).strip());
    }
}
