package anneal.data;

import anneal.io.ByteImage;
import java.io.IOException;
import java.util.List;

/** A fixed, indexed set of images of one size, each with a class or all without. Safe for concurrent readers. */
public interface ImageDataset {

    /** The label of every image in a set without classes. */
    int NO_LABEL = -1;

    /** How many images. */
    int size();

    /** Pixels from top to bottom. */
    int height();

    /** Pixels from left to right. */
    int width();

    /** 1 for grey, 3 for RGB. */
    int channels();

    /** A name for each class, index by label; empty if the set has no classes. */
    List<String> classNames();

    /** How many classes; 0 if the set has none. */
    default int classes() {
        return classNames().size();
    }

    /** Class of image {@code i}, from 0 to {@link #classes} - 1; {@link #NO_LABEL} if the set has no classes. */
    int label(int i);

    /**
     * Copies image {@code i} as unsigned bytes [height, width, channels] to {@code dst} from {@code offset} on.
     *
     * @throws anneal.io.DataException if the image is decoded late and cannot be; names the file
     */
    void copyImage(int i, byte[] dst, int offset) throws IOException;

    /** One line for people: what this is and where it came from. */
    String description();

    /** Bytes of one image. */
    default int imageBytes() {
        return Math.multiplyExact(Math.multiplyExact(height(), width()), channels());
    }

    /** Image {@code i} by itself. */
    default ByteImage image(int i) throws IOException {
        var pixels = new byte[imageBytes()];
        copyImage(i, pixels, 0);
        return new ByteImage(height(), width(), channels(), pixels);
    }
}
