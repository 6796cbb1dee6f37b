package anneal.data;

import java.io.IOException;

/** Grey images as RGB or the other way; see {@link anneal.io.ByteImage#withChannels}. */
final class ChannelsDataset extends DerivedDataset {

    /** @throws IllegalArgumentException if {@code channels} is neither 1 nor 3 */
    public ChannelsDataset(ImageDataset source, int channels) {
        super(source, source.height(), source.width(), channels);
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB), got " + channels);
        }
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) throws IOException {
        var pixels = source.image(i).withChannels(channels()).pixels();
        System.arraycopy(pixels, 0, dst, offset, pixels.length);
    }

    @Override
    public String description() {
        return source.description() + (channels() == 1 ? ", as grey" : ", as RGB");
    }
}
