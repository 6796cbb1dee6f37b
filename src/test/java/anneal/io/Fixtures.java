package anneal.io;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The small reference files, computed by the authors' own code, in src/test/resources/fixtures/adm. */
public final class Fixtures {

    private Fixtures() {
    }

    /** Opens the case of that name. */
    public static SafeTensorsFile open(String name) throws IOException {
        return SafeTensors.read(folder().resolve(name + ".safetensors"));
    }

    /** The names of the cases that start so; never none. */
    public static List<String> startingWith(String prefix) throws IOException {
        try (var files = Files.list(folder())) {
            var names = files.map(file -> file.getFileName().toString().replace(".safetensors", ""))
                .filter(name -> name.startsWith(prefix)).sorted().toList();
            if (names.isEmpty()) {
                throw new IllegalStateException("no fixture starts with " + prefix);
            }
            return names;
        }
    }

    /** A [height, width, channels] tensor of bytes as an image. */
    public static ByteImage image(TensorData data) {
        var shape = data.intShape();
        return new ByteImage(shape[0], shape[1], shape[2], data.toBytes());
    }

    private static Path folder() {
        try {
            return Path.of(Fixtures.class.getResource("/fixtures/adm").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
