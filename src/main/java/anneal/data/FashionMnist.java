package anneal.data;

import anneal.io.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fashion-MNIST: 28x28 grey pictures of ten kinds of garments.
 *
 * @see <a href="https://arxiv.org/abs/1708.07747">Xiao, Rasul and Vollgraf 2017</a>
 */
public final class FashionMnist {

    /** The classes' names, by label. */
    public static final List<String> CLASS_NAMES = List.of("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /** Where Debian's package dataset-fashion-mnist puts the files. */
    static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");

    private FashionMnist() {
    }

    /**
     * The full training set from {@code explicit} or, where that is null, from Debian's place; if nothing is there, the
     * embedded 10,000 images. The set's description says which.
     *
     * @param explicit a folder or images file that must then be there, or null
     * @throws DataException if the given place has no such files or they are damaged
     */
    public static ImageDataset find(Path explicit) throws IOException {
        if (explicit != null) {
            var pair = IdxPair.find(explicit).orElseThrow(() -> DataException.in(explicit,
                "has no Fashion-MNIST; expected train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz"));
            return IdxDataset.open(pair.images(), pair.labels(), CLASS_NAMES);
        }
        var installed = installed(DEBIAN);
        return installed.isPresent() ? find(installed.get()) : embedded();
    }

    static Optional<Path> installed(Path folder) throws IOException {
        return Files.isDirectory(folder) && IdxPair.find(folder).isPresent()
            ? Optional.of(folder) : Optional.empty();
    }

    /** The 10,000 test images that travel with this library. */
    public static ImageDataset embedded() throws IOException {
        return new EmbeddedIdx("Fashion-MNIST", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", CLASS_NAMES,
            "Fashion-MNIST's test set, embedded").open();
    }
}
