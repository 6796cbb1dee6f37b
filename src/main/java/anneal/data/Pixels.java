package anneal.data;

import java.io.IOException;

/** Between unsigned bytes and the interval [-1, 1] in which diffusion works, as guided-diffusion does it. */
public final class Pixels {

    private Pixels() {
    }

    /**
     * float32(v) / 127.5 - 1.
     *
     * @param image  unsigned bytes [height, width, channels] from {@code at} on
     * @param flip   mirror left and right
     * @param x      receives [height, width, channels] from {@code offset} on
     */
    public static void imageToTensor(byte[] image, int at, int height, int width, int channels, boolean flip, float[] x,
                                     int offset) {
        int row = width * channels;
        for (int y = 0; y < height; y++) {
            for (int column = 0; column < width; column++) {
                int from = at + y * row + (flip ? width - 1 - column : column) * channels;
                int to = offset + y * row + column * channels;
                for (int c = 0; c < channels; c++) {
                    x[to + c] = (image[from + c] & 0xff) / 127.5f - 1;
                }
            }
        }
    }

    /**
     * Images of a data set as networks take them.
     *
     * @param indices their numbers
     * @return [N, height, width, channels] in -1..1
     */
    public static float[] batch(ImageDataset set, int... indices) throws IOException {
        int bytes = set.imageBytes();
        var image = new byte[bytes];
        var x = new float[Math.multiplyExact(indices.length, bytes)];
        for (int i = 0; i < indices.length; i++) {
            set.copyImage(indices[i], image, 0);
            imageToTensor(image, 0, set.height(), set.width(), set.channels(), false, x, i * bytes);
        }
        return x;
    }

    /** clamp((x + 1) * 127.5, 0, 255), truncated; NaN becomes 0. {@code n} values from their offsets on. */
    public static void tensorToImage(float[] x, int at, byte[] image, int offset, int n) {
        for (int i = 0; i < n; i++) {
            float level = (x[at + i] + 1) * 127.5f;
            image[offset + i] = (byte) (int) Math.clamp(level, 0f, 255f);
        }
    }

    /** As {@link #tensorToImage}, but to the nearest level, halves up, as torchvision's save_image does. */
    public static void tensorToImageRounded(float[] x, int at, byte[] image, int offset, int n) {
        for (int i = 0; i < n; i++) {
            double level = 255 * ((x[at + i] + 1.0) / 2) + 0.5;
            image[offset + i] = (byte) (int) Math.clamp(level, 0.0, 255.0);
        }
    }
}
