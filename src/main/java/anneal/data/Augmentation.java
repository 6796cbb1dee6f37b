package anneal.data;

import anneal.io.ByteImage;
import anneal.kernel.Philox;

/** What training does to an image each time that it meets it, by draws of a seeded stream. */
public enum Augmentation {
    /** The middle of the enlarged image, always the same: what Cold Diffusion tests on. */
    CENTER {
        @Override
        public ByteImage apply(ByteImage image, int size, Philox.Stream random) {
            return EnlargedCrop.center(image, size);
        }
    },
    /** A crop of the enlarged image from anywhere, mirrored half of the time: blur, super-resolution in colour. */
    ENLARGED_CROP_FLIP {
        @Override
        public ByteImage apply(ByteImage image, int size, Philox.Stream random) {
            int room = EnlargedCrop.room(size) + 1;
            int top = random.nextInt(room);
            return flipped(EnlargedCrop.at(image, size, top, random.nextInt(room)), random);
        }
    },
    /** A crop from anywhere among four black pixels round the image, mirrored half of the time: inpainting CIFAR-10. */
    PADDED_CROP_FLIP {
        @Override
        public ByteImage apply(ByteImage image, int size, Philox.Stream random) {
            int height = image.height() + 2 * PADDING - size + 1;
            int width = image.width() + 2 * PADDING - size + 1;
            if (height < 1 || width < 1) {
                throw new IllegalArgumentException("a crop of %dx%d from %dx%d with %d pixels round it"
                        .formatted(size, size, image.height(), image.width(), PADDING));
            }
            int top = random.nextInt(height);
            return flipped(padded(image).crop(top, random.nextInt(width), size, size), random);
        }
    };

    private static final int PADDING = 4;

    /**
     * @param size   side of the result
     * @param random for this image at this step
     * @return [size, size, channels]
     */
    public abstract ByteImage apply(ByteImage image, int size, Philox.Stream random);

    private static ByteImage padded(ByteImage image) {
        int height = image.height() + 2 * PADDING;
        int width = image.width() + 2 * PADDING;
        int row = image.width() * image.channels();
        var pixels = new byte[height * width * image.channels()];
        for (int y = 0; y < image.height(); y++) {
            System.arraycopy(image.pixels(), y * row, pixels,
                    ((y + PADDING) * width + PADDING) * image.channels(), row);
        }
        return new ByteImage(height, width, image.channels(), pixels);
    }

    private static ByteImage flipped(ByteImage image, Philox.Stream random) {
        if (random.nextDouble() >= 0.5) {
            return image;
        }
        int c = image.channels();
        var pixels = new byte[image.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
            int column = i / c % image.width();
            pixels[i + (image.width() - 1 - 2 * column) * c] = image.pixels()[i];
        }
        return new ByteImage(image.height(), image.width(), c, pixels);
    }
}
