package anneal.study;

import anneal.data.ImageDataset;
import anneal.kernel.Philox;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Chooses real images: some for reference, and others to stand beside the samples. Where both come from the same data
 * set, no image is in both.
 *
 * @param reference the data set that samples are compared with
 * @param real      the data set of the other images
 * @param count     images for reference
 */
record RealImages(ImageDataset reference, ImageDataset real, int count, long seed) {
    private static final int STREAM = 7;

    /**
     * Numbers of the reference images in their data set.
     *
     * @throws IllegalArgumentException if there are not enough
     */
    int[] referenceIndices() {
        if (count > reference.size()) {
            throw new IllegalArgumentException("too few images for a reference of %d: %s".formatted(count,
                    reference.description()));
        }
        return Arrays.copyOf(order(reference), count);
    }

    /**
     * Numbers of {@code n} other images, the classes taking turns as those of samples do.
     *
     * @throws IllegalArgumentException if there are not enough
     */
    int[] others(int n) {
        Set<Integer> taken = new HashSet<>();
        if (sameSet()) {
            IntStream.of(referenceIndices()).forEach(taken::add);
        }
        int[] order = order(real);
        int[] chosen = new int[n];
        int[] next = new int[real.classes()];
        for (int i = 0; i < n; i++) {
            int wanted = i % real.classes();
            while (next[wanted] < order.length && (real.label(order[next[wanted]]) != wanted
                    || taken.contains(order[next[wanted]]))) {
                next[wanted]++;
            }
            if (next[wanted] == order.length) {
                throw new IllegalArgumentException("too few images of class %s for a row of %d: %s".formatted(
                        real.classNames().get(wanted), n, real.description()));
            }
            chosen[i] = order[next[wanted]++];
        }
        return chosen;
    }

    private boolean sameSet() {
        return reference.description().equals(real.description());
    }

    private int[] order(ImageDataset set) {
        return Philox.stream(seed, STREAM, 0, 0).permutation(set.size());
    }

    /** The images with these numbers, one after another. */
    static byte[] read(ImageDataset set, int[] indices) throws IOException {
        int bytes = set.imageBytes();
        byte[] out = new byte[Math.multiplyExact(indices.length, bytes)];
        for (int i = 0; i < indices.length; i++) {
            set.copyImage(indices[i], out, i * bytes);
        }
        return out;
    }
}
