package anneal.data;

import anneal.data.PilResize.Filter;
import anneal.io.ByteImage;

/**
 * Cold Diffusion's way with images: brought to 1.12 times the target, whatever their proportions, and cropped. The
 * resizing is Pillow's bilinear one, byte for byte.
 */
public final class EnlargedCrop {
    private static final double MARGIN = 1.12;

    private EnlargedCrop() {
    }

    /** The middle [size, size, channels]. */
    public static ByteImage center(ByteImage image, int size) {
        var large = enlarged(image, size);
        int margin = (int) Math.rint((large.height() - size) / 2.0);
        return large.crop(margin, margin, size, size);
    }

    /**
     * [size, size, channels] from anywhere.
     *
     * @param top  rows above it, up to {@link #room}; and {@code left} columns beside it
     * @throws IllegalArgumentException if it does not lie within the enlarged image
     */
    public static ByteImage at(ByteImage image, int size, int top, int left) {
        return enlarged(image, size).crop(top, left, size, size);
    }

    /** By how much the enlarged image is larger than the target. */
    public static int room(int size) {
        return (int) (MARGIN * size) - size;
    }

    private static ByteImage enlarged(ByteImage image, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("cannot crop to " + size + " pixels");
        }
        int side = size + room(size);
        return PilResize.resize(image, side, side, Filter.BILINEAR);
    }
}
