package anneal.data;

import java.io.IOException;
import java.util.Arrays;

/** Images in the middle of a larger black field, as 28x28 becomes 32x32; an odd row or column goes below or right. */
final class PaddedDataset extends DerivedDataset {

    /** @throws IllegalArgumentException if the target is smaller than the images */
    public PaddedDataset(ImageDataset source, int height, int width) {
        super(source, height, width, source.channels());
        if (height < source.height() || width < source.width()) {
            throw new IllegalArgumentException("cannot pad images of %dx%d to %dx%d"
                .formatted(source.height(), source.width(), height, width));
        }
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) throws IOException {
        var image = source.image(i);
        int top = (height() - image.height()) / 2;
        int left = (width() - image.width()) / 2;
        int row = image.width() * channels();
        Arrays.fill(dst, offset, offset + imageBytes(), (byte) 0);
        for (int y = 0; y < image.height(); y++) {
            int at = offset + ((top + y) * width() + left) * channels();
            System.arraycopy(image.pixels(), y * row, dst, at, row);
        }
    }

    @Override
    public String description() {
        return source.description() + ", padded to " + height() + "x" + width();
    }
}
