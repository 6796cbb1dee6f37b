package anneal.data;

import anneal.io.ByteImage;
import anneal.io.DataException;
import anneal.io.ImageFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * A folder of pictures: one class for each sub-folder, in the order of their names, or no classes if the pictures lie
 * in the folder itself. Each is resized and centre-cropped as {@link Crop#center} does. Pictures are decoded when first
 * asked for and then kept, as long as a budget of memory lasts; beyond it they are decoded each time.
 */
public final class ImageFolderDataset implements ImageDataset {

    /** A set whose files are no larger than this together is decoded at once, so that a bad file is found at once. */
    private static final long PRELOADED_FILE_BYTES = 32L << 20;
    private static final long MOST_KEPT_BYTES = 512L << 20;

    private record Item(Path file, int label) {
    }

    private final Path folder;
    private final int side;
    private final int channels;
    private final List<String> classNames;
    private final List<Item> items;
    private final AtomicReferenceArray<byte[]> kept;
    private final AtomicLong budget = new AtomicLong(Math.min(MOST_KEPT_BYTES, Runtime.getRuntime().maxMemory() / 4));

    private ImageFolderDataset(Path folder, int side, int channels, List<String> classNames, List<Item> items) {
        this.folder = folder;
        this.side = side;
        this.channels = channels;
        this.classNames = List.copyOf(classNames);
        this.items = List.copyOf(items);
        this.kept = new AtomicReferenceArray<>(items.size());
    }

    /**
     * Lists the folder; a small one is decoded as well. Hidden files and files that are not called like pictures are
     * passed over, and so are sub-folders without pictures.
     *
     * @param size     side of the square images
     * @param channels 1 for grey, 3 for RGB
     * @throws DataException            if there are no pictures, if they lie both in the folder and in sub-folders, or
     *                                  if one cannot be decoded
     * @throws IllegalArgumentException if the size is less than 1 or the channels are neither 1 nor 3
     */
    public static ImageFolderDataset open(Path folder, int size, int channels) throws IOException {
        if (size < 1 || channels != 1 && channels != 3) {
            throw new IllegalArgumentException("images of size %d with %d channels: ".formatted(size, channels)
                + "size must be 1 or more, channels 1 or 3");
        }
        try {
            var set = list(folder, size, channels);
            if (set.fileBytes() <= PRELOADED_FILE_BYTES) {
                set.decodeAll();
            }
            return set;
        } catch (IOException e) {
            throw DataException.from(folder, e);
        }
    }

    private static ImageFolderDataset list(Path folder, int size, int channels) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw DataException.in(folder, Files.exists(folder) ? "is not a folder" : "no such folder");
        }
        var loose = pictures(folder, 1).stream().map(file -> new Item(file, NO_LABEL)).toList();
        var names = new ArrayList<String>();
        var items = new ArrayList<Item>();
        for (var sub : subFolders(folder)) {
            var files = pictures(sub, Integer.MAX_VALUE);
            if (!files.isEmpty()) {
                files.forEach(file -> items.add(new Item(file, names.size())));
                names.add(sub.getFileName().toString());
            }
        }
        if (!loose.isEmpty() && !items.isEmpty()) {
            throw DataException.in(folder, "has %d pictures beside its %d class folders; move them into one",
                loose.size(), names.size());
        }
        if (loose.isEmpty() && items.isEmpty()) {
            throw DataException.in(folder, "has no pictures (.png .jpg .jpeg .bmp .gif), nor have its sub-folders");
        }
        return new ImageFolderDataset(folder, size, channels, names, loose.isEmpty() ? items : loose);
    }

    private static List<Path> subFolders(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).filter(entry -> !isHidden(entry)).sorted().toList();
        }
    }

    private static List<Path> pictures(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(ImageFiles::isImage).filter(file -> !isHidden(file)).filter(Files::isRegularFile)
                .sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private long fileBytes() throws IOException {
        long sum = 0;
        for (var item : items) {
            sum += Files.size(item.file);
        }
        return sum;
    }

    /** Decodes every picture once, which finds the first that cannot be. @throws DataException naming it */
    public void decodeAll() throws IOException {
        for (int i = 0; i < items.size(); i++) {
            pixels(i);
        }
    }

    /** The file of image {@code i}. */
    public Path file(int i) {
        return items.get(i).file;
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public int height() {
        return side;
    }

    @Override
    public int width() {
        return side;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int i) {
        return items.get(i).label;
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) throws IOException {
        System.arraycopy(pixels(i), 0, dst, offset, imageBytes());
    }

    private byte[] pixels(int i) throws IOException {
        var pixels = kept.get(i);
        if (pixels == null) {
            pixels = decode(items.get(i).file).pixels();
            // Two threads may both decode an image and pay for it twice: that only ends the budget a little early.
            if (budget.addAndGet(-pixels.length) >= 0) {
                kept.set(i, pixels);
            } else {
                budget.addAndGet(pixels.length);
            }
        }
        return pixels;
    }

    private ByteImage decode(Path file) throws IOException {
        return Crop.center(ImageFiles.read(file).withChannels(channels), side);
    }

    @Override
    public String description() {
        var classes = classNames.isEmpty() ? "without classes" : "in " + classNames.size() + " classes";
        return "%s: %,d pictures %s, resized to %dx%d".formatted(folder, items.size(), classes, side, side);
    }
}
