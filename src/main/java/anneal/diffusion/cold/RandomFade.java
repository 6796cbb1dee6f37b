package anneal.diffusion.cold;

import anneal.kernel.Philox;
import anneal.tensor.Device;
import anneal.tensor.Embedding;
import anneal.tensor.MatMul;
import anneal.tensor.Tensor;
import java.util.Arrays;

/**
 * Inpainting with a mask centre of each image's own: a crop of masks twice as large as the images. This is what batches
 * have in common; {@link #at}, {@link #centredAt} and {@link #draw} give the degradation of one batch.
 */
public final class RandomFade {
    private final Device device;
    private final LevelTable masks;
    private final int size;
    private final int steps;

    /** @param size height and width of the images; the masks lie in the current scope */
    public RandomFade(Device device, FadeSchedule schedule, int size) {
        this.device = device;
        masks = LevelTable.of(device, schedule.products(2 * size));
        this.size = size;
        steps = schedule.steps();
    }

    /**
     * By the authors' rand_x and rand_y, which cut the crop out of the masks: the centre is at size - 1 less them.
     *
     * @param rows    first row of each image's crop, 0..size (both included: a centre may lie one pixel outside)
     * @param columns first column of the same
     * @return in the current scope
     */
    public Degradation at(int[] rows, int[] columns) {
        if (rows.length != columns.length) {
            throw new IllegalArgumentException(
                    rows.length + " rows and " + columns.length + " columns of mask centres");
        }
        for (int i = 0; i < rows.length; i++) {
            if (Math.min(rows[i], columns[i]) < 0 || Math.max(rows[i], columns[i]) > size) {
                throw outside(size - 1 - rows[i], size - 1 - columns[i]);
            }
        }
        return new Batch(selection(rows), selection(columns));
    }

    /**
     * By the centres themselves.
     *
     * @throws IllegalArgumentException if one lies outside the image
     */
    public Degradation centredAt(int[] rows, int[] columns) {
        for (int i = 0; i < Math.min(rows.length, columns.length); i++) {
            if (Math.min(rows[i], columns[i]) < 0 || Math.max(rows[i], columns[i]) >= size) {
                throw outside(rows[i], columns[i]);
            }
        }
        return at(offsets(rows), offsets(columns));
    }

    /** Centres drawn uniformly as the authors do, each by its sample's number. */
    public Degradation draw(long seed, int stream, int position, int... samples) {
        var rows = new int[samples.length];
        var columns = new int[samples.length];
        for (int i = 0; i < samples.length; i++) {
            var random = Philox.stream(seed, stream, samples[i], position);
            rows[i] = random.nextInt(size + 1);
            columns[i] = random.nextInt(size + 1);
        }
        return at(rows, columns);
    }

    private IllegalArgumentException outside(int row, int column) {
        return new IllegalArgumentException(("the mask's centre, row %d and column %d, "
                + "lies outside the image of %dx%d pixels").formatted(row, column, size, size));
    }

    private int[] offsets(int... centres) {
        return Arrays.stream(centres).map(c -> size - 1 - c).toArray();
    }

    /** Matrices [N, size, 2 size] that pick {@code size} rows in a row. */
    private Tensor selection(int... first) {
        var index = new int[first.length * size];
        Arrays.setAll(index, i -> first[i / size] + i % size);
        return Embedding.oneHot(device.ofInts(index, index.length), 2 * size).reshape(first.length, size, 2 * size);
    }

    private final class Batch implements Degradation {
        private final Tensor rows;
        private final Tensor columns;

        Batch(Tensor rows, Tensor columns) {
            this.rows = rows;
            this.columns = columns;
        }

        @Override
        public int steps() {
            return steps;
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            LevelTable.require("this mask", x, level, size, 0);
            if (x.dim(0) != rows.dim(0)) {
                throw new IllegalArgumentException(x.dim(0) + " images for " + rows.dim(0) + " mask centres");
            }
            var whole = masks.at(level, 2 * size, 2 * size);
            var crop = MatMul.matmul(rows, MatMul.matmul(whole, columns, false, true));
            return x.mul(crop.reshape(x.dim(0), size, size, 1));
        }
    }
}
