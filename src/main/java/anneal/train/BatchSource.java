package anneal.train;

import anneal.data.Augmentation;
import anneal.data.ImageDataset;
import anneal.data.Pixels;
import anneal.kernel.Philox;
import java.io.IOException;

/**
 * An endless shuffled walk through a data set: every epoch visits each image once, in an order that follows from the
 * seed and the epoch's number alone. So the batch of any step can be made again, which is what resuming needs.
 */
final class BatchSource {
    private final ImageDataset data;
    private final int batch;
    private final long seed;
    private final boolean flip;
    private final int maxShift;
    private final Augmentation augmentation;
    private long epoch = -1;
    private int[] order;

    /**
     * @param flip     mirror every image left-right with probability 1/2
     * @param maxShift move every image by up to so many pixels in both directions
     * @param augmentation what else is done to every image before; null for nothing
     */
    BatchSource(ImageDataset data, int batch, long seed, boolean flip, int maxShift, Augmentation augmentation) {
        if (data.size() == 0) {
            throw new IllegalArgumentException("the data set is empty: " + data.description());
        }
        this.data = data;
        this.batch = batch;
        this.seed = seed;
        this.flip = flip;
        this.maxShift = maxShift;
        this.augmentation = augmentation;
    }

    /** The batch of training step {@code step}, counted from 0. */
    Batch at(int step) throws IOException {
        int bytes = data.imageBytes();
        byte[] image = new byte[bytes];
        float[] images = new float[Math.multiplyExact(batch, bytes)];
        int[] labels = new int[batch];
        int[] samples = new int[batch];
        for (int i = 0; i < batch; i++) {
            int index = index((long) step * batch + i);
            if (augmentation == null) {
                data.copyImage(index, image, 0);
            } else {
                var random = Philox.stream(seed, Streams.AUGMENTATION, i, step);
                image = augmentation.apply(data.image(index), data.height(), random).pixels();
            }
            if (maxShift > 0) {
                var draw = Philox.stream(seed, Streams.SHIFT, i, step);
                int down = draw.nextInt(2 * maxShift + 1) - maxShift;
                image = shifted(image, down, draw.nextInt(2 * maxShift + 1) - maxShift);
            }
            boolean mirror = flip && Philox.stream(seed, Streams.FLIP, i, step).nextDouble() < 0.5;
            Pixels.imageToTensor(image, 0, data.height(), data.width(), data.channels(), mirror, images, i * bytes);
            labels[i] = data.label(index);
            samples[i] = i;
        }
        return new Batch(images, labels, samples);
    }

    /** The image moved down and to the right; what comes in is black. */
    private byte[] shifted(byte[] image, int down, int right) {
        int height = data.height();
        int pixel = data.channels();
        int row = data.width() * pixel;
        int columns = Math.max(0, row - Math.abs(right) * pixel);
        var out = new byte[image.length];
        for (int y = Math.max(0, down); y < Math.min(height, height + down); y++) {
            System.arraycopy(image, (y - down) * row + Math.max(0, -right) * pixel, out,
                    y * row + Math.max(0, right) * pixel, columns);
        }
        return out;
    }

    private int index(long position) {
        long wanted = position / data.size();
        if (wanted != epoch) {
            epoch = wanted;
            order = Philox.stream(seed, Streams.SHUFFLE, 0, Math.toIntExact(wanted)).permutation(data.size());
        }
        return order[(int) (position % data.size())];
    }
}
