package anneal.data;

import anneal.io.DataException;
import anneal.io.ImageFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** From what people write after {@code --data} to a data set at a model's size. */
public final class Datasets {

    private static final String EXPECTED = "expected 'fashion', 'fashion-test', a folder or file in IDX format"
        + " (train-images-idx3-ubyte[.gz]), one of CIFAR-10 (data_batch_1.bin ...), or a folder of pictures";

    private Datasets() {
    }

    /**
     * Opens a data set. Images of another size are brought to {@code size} x {@code size}: those that are smaller by at
     * most an eighth of it are padded with black (28 becomes 32 without touching a pixel), others resized and
     * centre-cropped.
     *
     * @param spec     {@code fashion} (the full set if Debian's package is installed, else the embedded images),
     *                 {@code fashion-test} or {@code fashion-embedded} (these), {@code mnist-test} (100 embedded
     *                 digits), a folder or file in IDX format, one of {@link Cifar10}, or a folder of pictures
     * @param size     side of the square images, 1 or more
     * @param channels 1 for grey, 3 for RGB
     * @throws DataException            in one line that says what would be right
     * @throws IllegalArgumentException if size or channels are out of range
     */
    public static ImageDataset open(String spec, int size, int channels) throws IOException {
        if (size < 1 || channels != 1 && channels != 3) {
            throw new IllegalArgumentException("images of size %d with %d channels: ".formatted(size, channels)
                + "size must be 1 or more, channels 1 or 3");
        }
        return switch (spec) {
            case "fashion" -> fit(FashionMnist.find(null), size, channels);
            case "fashion-embedded", "fashion-test" -> fit(FashionMnist.embedded(), size, channels);
            case "mnist-test" -> fit(MnistDigits.embedded(), size, channels);
            default -> openPath(Path.of(spec), size, channels);
        };
    }

    /**
     * The same data set, named so that it is found from any working folder: a path becomes absolute, the name of a
     * known set stays.
     */
    public static String absolute(String spec) {
        return switch (spec) {
            case "fashion", "fashion-embedded", "fashion-test", "mnist-test" -> spec;
            default -> Path.of(spec).toAbsolutePath().normalize().toString();
        };
    }

    private static ImageDataset openPath(Path path, int size, int channels) throws IOException {
        if (!Files.exists(path) && path.equals(Path.of("mnist"))) {
            throw new DataException("MNIST does not travel with Anneal: give --data a folder with"
                + " train-images-idx3-ubyte[.gz] and train-labels-idx1-ubyte[.gz]");
        }
        if (!Files.exists(path)) {
            throw DataException.in(path, "no such file or folder; " + EXPECTED);
        }
        if (Cifar10.recognises(path)) {
            return fit(Cifar10.open(path), size, channels);
        }
        var pair = IdxPair.find(path);
        if (pair.isPresent()) {
            return fit(openIdx(path, pair.get()), size, channels);
        }
        if (Files.isDirectory(path)) {
            return ImageFolderDataset.open(path, size, channels);
        }
        throw DataException.in(path, ImageFiles.isImage(path) ? "is one picture; give the folder that it lies in"
            : "is not a data set; " + EXPECTED);
    }

    /** Nothing in the files tells garments from digits, so the path has to. */
    private static ImageDataset openIdx(Path path, IdxPair pair) throws IOException {
        boolean fashion = path.toAbsolutePath().normalize().toString().toLowerCase(Locale.ROOT).contains("fashion");
        return fashion ? FashionMnist.find(path) : IdxDataset.open(pair.images(), pair.labels(), null);
    }

    private static ImageDataset fit(ImageDataset set, int size, int channels) {
        var sized = set;
        int longer = Math.max(set.height(), set.width());
        if (set.height() != size || set.width() != size) {
            boolean pad = longer <= size && size - longer <= size / 8;
            sized = pad ? new PaddedDataset(set, size, size) : new ResizedDataset(set, size);
        }
        return channels == sized.channels() ? sized : new ChannelsDataset(sized, channels);
    }
}
