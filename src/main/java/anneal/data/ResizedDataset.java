package anneal.data;

import java.io.IOException;

/** Images resized and centre-cropped to squares; see {@link Crop#center}. Computed at each access. */
final class ResizedDataset extends DerivedDataset {

    /** @throws IllegalArgumentException if {@code size} is less than 1 */
    public ResizedDataset(ImageDataset source, int size) {
        super(source, size, size, source.channels());
        if (size < 1) {
            throw new IllegalArgumentException("image size must be 1 or more, got " + size);
        }
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) throws IOException {
        var pixels = Crop.center(source.image(i), width()).pixels();
        System.arraycopy(pixels, 0, dst, offset, pixels.length);
    }

    @Override
    public String description() {
        return source.description() + ", resized to " + height() + "x" + width();
    }
}
