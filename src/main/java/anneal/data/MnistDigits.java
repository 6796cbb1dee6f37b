package anneal.data;

import anneal.io.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The first hundred images of MNIST's test set, which travel with this library; MNIST itself does not. */
final class MnistDigits {
    private static final List<String> CLASS_NAMES = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    private static final Path RESOURCE = Path.of("(embedded) MNIST");

    private MnistDigits() {
    }

    static ImageDataset embedded() throws IOException {
        return IdxDataset.pair(RESOURCE, resource("mnist-100-images-idx3-ubyte.gz", 3), RESOURCE,
            resource("mnist-100-labels-idx1-ubyte.gz", 1), CLASS_NAMES, "100 digits of MNIST's test set, embedded");
    }

    private static IdxFile resource(String name, int dimensions) throws IOException {
        try (var in = MnistDigits.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new DataException("the resource anneal/data/" + name + " is missing from this build of Anneal");
            }
            var bytes = in.readAllBytes();
            return IdxFile.read(RESOURCE.resolve(name), new ByteArrayInputStream(bytes), bytes.length, dimensions);
        }
    }
}
