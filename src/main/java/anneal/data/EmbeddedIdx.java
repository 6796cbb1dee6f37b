package anneal.data;

import anneal.io.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images in IDX format that travel with this library.
 *
 * @param name        of the set, in complaints
 * @param images      resource in this package
 * @param labels      resource in this package
 * @param classNames  by label
 * @param description one line for people
 */
record EmbeddedIdx(String name, String images, String labels, List<String> classNames, String description) {
    ImageDataset open() throws IOException {
        var path = Path.of("(embedded) " + name);
        return IdxDataset.pair(path, read(path, images, 3), path, read(path, labels, 1), classNames, description);
    }

    private static IdxFile read(Path path, String resource, int dimensions) throws IOException {
        try (var in = EmbeddedIdx.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new DataException("the resource anneal/data/" + resource + " is missing from this build of Anneal");
            }
            var bytes = in.readAllBytes();
            return IdxFile.read(path.resolve(resource), new ByteArrayInputStream(bytes), bytes.length, dimensions);
        }
    }
}
