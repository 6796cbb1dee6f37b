package anneal.data;

import anneal.data.PilResize.Filter;
import anneal.io.ByteImage;

/**
 * The square crops of guided-diffusion's image loader: the shorter side is halved with a box filter while it is at
 * least twice the target, brought to the target with a bicubic one, and a square is cut out.
 */
public final class Crop {

    private Crop() {
    }

    /** The middle square, its side resized to {@code size}: [size, size, channels]. */
    public static ByteImage center(ByteImage image, int size) {
        var resized = shorterSide(image, size);
        return resized.crop((resized.height() - size) / 2, (resized.width() - size) / 2, size, size);
    }

    /**
     * A square of {@code size} somewhere in the image after its shorter side was resized to {@code target}. The draws
     * are the caller's: guided-diffusion takes the target evenly from size to ceil(size / 0.8), then top and left
     * evenly from what {@link #shorterSide} leaves room for.
     *
     * @throws IllegalArgumentException if the square does not lie within the resized image
     */
    public static ByteImage random(ByteImage image, int size, int target, int top, int left) {
        return shorterSide(image, target).crop(top, left, size, size);
    }

    /** The whole image, its shorter side resized to {@code target}, the longer in proportion (rounded half to even). */
    public static ByteImage shorterSide(ByteImage image, int target) {
        if (target < 1) {
            throw new IllegalArgumentException("cannot resize a side to " + target + " pixels");
        }
        var current = image;
        while (Math.min(current.height(), current.width()) >= 2 * target) {
            current = PilResize.resize(current, current.height() / 2, current.width() / 2, Filter.BOX);
        }
        double scale = (double) target / Math.min(current.height(), current.width());
        int height = (int) Math.rint(current.height() * scale);
        int width = (int) Math.rint(current.width() * scale);
        return PilResize.resize(current, height, width, Filter.BICUBIC);
    }
}
