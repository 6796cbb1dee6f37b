package anneal.io;

/**
 * An image of unsigned bytes.
 *
 * @param height   pixels from top to bottom, at least 1
 * @param width    pixels from left to right, at least 1
 * @param channels 1 for grey, 3 for RGB
 * @param pixels   [height, width, channels]; not copied
 */
public record ByteImage(int height, int width, int channels, byte[] pixels) {

    /** @throws IllegalArgumentException if the extents are not those of an image or the array has another length */
    public ByteImage {
        if (height < 1 || width < 1 || channels != 1 && channels != 3) {
            throw new IllegalArgumentException("not an image: height %d, width %d, channels %d (1 or 3)"
                .formatted(height, width, channels));
        }
        if (pixels.length != (long) height * width * channels) {
            throw new IllegalArgumentException("an image of %dx%dx%d needs %d bytes, got %d"
                .formatted(height, width, channels, (long) height * width * channels, pixels.length));
        }
    }

    /** The value from 0 to 255 at a place. */
    public int at(int y, int x, int channel) {
        return pixels[(y * width + x) * channels + channel] & 0xff;
    }

    /**
     * Grey to RGB by repetition, RGB to grey by ITU-R 601 luma in the fixed point that PIL uses for mode L.
     *
     * @throws IllegalArgumentException if {@code wanted} is neither 1 nor 3
     */
    public ByteImage withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        var result = new ByteImage(height, width, wanted, new byte[height * width * wanted]);
        for (int i = 0; i < height * width; i++) {
            if (wanted == 3) {
                for (int c = 0; c < 3; c++) {
                    result.pixels[3 * i + c] = pixels[i];
                }
            } else {
                int red = pixels[3 * i] & 0xff;
                int green = pixels[3 * i + 1] & 0xff;
                int blue = pixels[3 * i + 2] & 0xff;
                result.pixels[i] = (byte) (19595 * red + 38470 * green + 7471 * blue + 0x8000 >> 16);
            }
        }
        return result;
    }

    /**
     * The part of {@code cropHeight} x {@code cropWidth} pixels whose upper left corner is at ({@code top},
     * {@code left}).
     *
     * @throws IllegalArgumentException if it is not wholly inside
     */
    public ByteImage crop(int top, int left, int cropHeight, int cropWidth) {
        if (top < 0 || left < 0 || top > height - cropHeight || left > width - cropWidth) {
            throw new IllegalArgumentException("a crop of %dx%d at (%d, %d) does not lie within %dx%d"
                .formatted(cropHeight, cropWidth, top, left, height, width));
        }
        var part = new byte[cropHeight * cropWidth * channels];
        int row = cropWidth * channels;
        for (int y = 0; y < cropHeight; y++) {
            System.arraycopy(pixels, ((top + y) * width + left) * channels, part, y * row, row);
        }
        return new ByteImage(cropHeight, cropWidth, channels, part);
    }
}
