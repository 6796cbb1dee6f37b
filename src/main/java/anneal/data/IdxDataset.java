package anneal.data;

import anneal.io.DataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Grey images and their labels from a pair of IDX files: MNIST, Fashion-MNIST, EMNIST and the like; held in memory. */
public final class IdxDataset implements ImageDataset {

    private final byte[][] images;
    private final byte[] labels;
    private final int height;
    private final int width;
    private final List<String> classNames;
    private final String description;

    private IdxDataset(IdxFile images, byte[] labels, List<String> classNames, String description) {
        this.images = images.records();
        this.height = images.extents()[1];
        this.width = images.extents()[2];
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
        this.description = description;
    }

    /**
     * Finds both files and reads them. In a folder the training pair goes before the test pair (t10k) and others.
     *
     * @param place a folder with a pair such as {@code train-images-idx3-ubyte[.gz]} and
     *              {@code train-labels-idx1-ubyte[.gz]}, or the images' file of such a pair
     * @throws DataException in one line, if a file is missing, truncated, of another kind, or the two do not match
     */
    public static IdxDataset open(Path place) throws IOException {
        var pair = IdxPair.find(place).orElseThrow(() -> DataException.in(place, "has no pair of IDX files; expected"
            + " train-images-idx3-ubyte[.gz] with train-labels-idx1-ubyte[.gz], or t10k-..."));
        return open(pair.images(), pair.labels(), null);
    }

    /** As {@link #open(Path)}, with both files given and names for the classes ({@code null}: their numbers). */
    public static IdxDataset open(Path images, Path labels, List<String> classNames) throws IOException {
        return pair(images, IdxFile.read(images, 3), labels, IdxFile.read(labels, 1), classNames, images.toString());
    }

    static IdxDataset pair(Path imagesName, IdxFile images, Path labelsName, IdxFile labels, List<String> classNames,
                           String origin) throws DataException {
        int count = images.extents()[0];
        if (labels.extents()[0] != count) {
            throw DataException.in(labelsName, "has %d labels, but %s has %d images", labels.extents()[0], imagesName,
                count);
        }
        var flat = new byte[count];
        int largest = 0;
        for (int i = 0; i < count; i++) {
            flat[i] = labels.records()[i][0];
            largest = Math.max(largest, flat[i] & 0xff);
        }
        var names = classNames != null ? classNames
            : IntStream.rangeClosed(0, largest).mapToObj(String::valueOf).toList();
        if (largest >= names.size()) {
            throw DataException.in(labelsName, "has label %d, expected 0 to %d", largest, names.size() - 1);
        }
        var description = "%s: %,d images of %dx%d in %d classes"
            .formatted(origin, count, images.extents()[1], images.extents()[2], names.size());
        return new IdxDataset(images, flat, names, description);
    }

    @Override
    public int size() {
        return images.length;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int i) {
        return labels[i] & 0xff;
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) {
        System.arraycopy(images[i], 0, dst, offset, images[i].length);
    }

    @Override
    public String description() {
        return description;
    }
}
