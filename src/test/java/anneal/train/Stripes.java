package anneal.train;

import anneal.data.ImageDataset;
import java.util.List;

/** Made-up 8x8 grey images of three classes: stripes across, stripes down, and a block. */
record Stripes(int size) implements ImageDataset {
    static final int EXTENT = 8;

    @Override
    public int height() {
        return EXTENT;
    }

    @Override
    public int width() {
        return EXTENT;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public List<String> classNames() {
        return List.of("across", "down", "block");
    }

    @Override
    public int label(int i) {
        return i % 3;
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) {
        int phase = i / 3 % 4;
        for (int p = 0; p < EXTENT * EXTENT; p++) {
            int y = p / EXTENT;
            int x = p % EXTENT;
            boolean on = switch (i % 3) {
                case 0 -> (y + phase) % 4 < 2;
                case 1 -> (x + phase) % 4 < 2;
                default -> y >= phase && y < phase + 4 && x >= phase && x < phase + 4;
            };
            dst[offset + p] = (byte) (on ? 230 : 20);
        }
    }

    @Override
    public String description() {
        return size + " made-up images";
    }
}
