package anneal.diffusion.cold;

import anneal.tensor.Device;
import anneal.tensor.Tensor;

/** Pixels go one after another along a spiral that starts in the middle: level s has lost the first s of them. */
public final class SpiralFade {
    private final LevelTable keep;
    private final int size;
    private final int steps;

    /** @param size height and width of the images; the masks lie in the current scope */
    public SpiralFade(Device device, int size, int steps) {
        if (steps < 1 || steps > size * size) {
            throw new IllegalArgumentException("a spiral through %dx%d pixels has 1 to %d steps, got %d"
                    .formatted(size, size, size * size, steps));
        }
        var masks = new double[steps + 1][];
        for (int s = 0; s <= steps; s++) {
            masks[s] = mask(size, s);
        }
        keep = LevelTable.of(device, masks);
        this.size = size;
        this.steps = steps;
    }

    /** 1 where a pixel is left at level {@code s}, [size, size]. */
    public static double[] mask(int size, int s) {
        var rank = ranks(size);
        var mask = new double[rank.length];
        for (int i = 0; i < rank.length; i++) {
            mask[i] = rank[i] >= s ? 1 : 0;
        }
        return mask;
    }

    /** Lost pixels become 0. */
    public Degradation toGrey() {
        return new Batch(null);
    }

    /** Lost pixels become {@code fill}, a colour for each image [N, C]. */
    public Degradation to(Tensor fill) {
        return new Batch(fill.reshape(fill.dim(0), 1, 1, fill.dim(1)));
    }

    /**
     * When each pixel goes. Outside in: the first row of what is left goes from right to left, and the rest is turned
     * so that the next one lies on top.
     */
    private static int[] ranks(int size) {
        var rank = new int[size * size];
        var left = new int[size][size];
        for (int i = 0; i < rank.length; i++) {
            left[i / size][i % size] = i;
        }
        int next = rank.length;
        while (left.length > 0 && left[0].length > 0) {
            for (int c = left[0].length - 1; c >= 0; c--) {
                rank[left[0][c]] = --next;
            }
            var turned = new int[left[0].length][left.length - 1];
            for (int r = 1; r < left.length; r++) {
                for (int c = 0; c < turned.length; c++) {
                    turned[c][left.length - 1 - r] = left[r][c];
                }
            }
            left = turned;
        }
        return rank;
    }

    private final class Batch implements Degradation {
        private final Tensor fill;

        Batch(Tensor fill) {
            this.fill = fill;
        }

        @Override
        public int steps() {
            return steps;
        }

        @Override
        public Tensor degrade(Tensor x, Tensor level) {
            LevelTable.require("this spiral", x, level, size, 0);
            var mask = keep.at(level, size, size, 1);
            var kept = x.mul(mask);
            return fill == null ? kept : kept.add(mask.affine(-1, 1).mul(fill));
        }
    }
}
