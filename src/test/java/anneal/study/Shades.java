package anneal.study;

import anneal.data.ImageDataset;
import anneal.sample.SmallModels;
import java.util.List;

/** Made-up 8x8 images: stripes that tell the class, under noise that tells the image. */
record Shades(int size) implements ImageDataset {
    @Override
    public int height() {
        return SmallModels.SIZE;
    }

    @Override
    public int width() {
        return SmallModels.SIZE;
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public List<String> classNames() {
        return SmallModels.CLASSES;
    }

    @Override
    public int label(int i) {
        return i * 7 % 3;
    }

    @Override
    public void copyImage(int i, byte[] dst, int offset) {
        for (int p = 0; p < imageBytes(); p++) {
            boolean on = (label(i) == 0 ? p : p / 8) % 4 < 2 + label(i) / 2;
            dst[offset + p] = (byte) ((on ? 150 : 0) + (p * p * 31 + i * 17 + p * i * 13) % 100);
        }
    }

    @Override
    public String description() {
        return size + " shades";
    }
}
