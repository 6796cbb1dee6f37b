package anneal.diffusion.cold;

import anneal.kernel.DType;
import anneal.tensor.Device;
import anneal.tensor.Embedding;
import anneal.tensor.Tensor;

/** Numbers for each level 0..T in device memory, computed in float64 and looked up there, each image at its level. */
record LevelTable(Tensor rows) {
    /** @param rows one for each level, of one length; laid into the current scope */
    static LevelTable of(Device device, double[]... rows) {
        int length = rows[0].length;
        var flat = new double[Math.multiplyExact(rows.length, length)];
        for (int s = 0; s < rows.length; s++) {
            System.arraycopy(rows[s], 0, flat, s * length, length);
        }
        return new LevelTable(device.of(flat, rows.length, length));
    }

    /** @param numbers one for each level */
    static LevelTable ofNumbers(Device device, double... numbers) {
        return new LevelTable(device.of(numbers, numbers.length, 1));
    }

    /** The rows of a batch, [N, shape..]. */
    Tensor at(Tensor level, int... shape) {
        var dims = new int[shape.length + 1];
        dims[0] = level.dim(0);
        System.arraycopy(shape, 0, dims, 1, shape.length);
        return Embedding.embedding(rows, level).reshape(dims);
    }

    /**
     * Whether images and levels are what a degradation was made for.
     *
     * @param what     the degradation, for the message
     * @param size     height and width, or 0 for any
     * @param channels or 0 for any
     */
    static void require(String what, Tensor x, Tensor level, int size, int channels) {
        boolean fits = x.rank() == 4 && (size == 0 || x.dim(1) == size && x.dim(2) == size)
                && (channels == 0 || x.dim(3) == channels);
        if (!fits) {
            throw new IllegalArgumentException("%s works on images [N, %s, %s], got %s".formatted(what,
                    size == 0 ? "H, W" : size + ", " + size, channels == 0 ? "C" : channels, x.shape()));
        }
        if (level.dtype() != DType.I32 || level.rank() != 1 || level.dim(0) != x.dim(0)) {
            throw new IllegalArgumentException("%s needs one level an image, I32 [%d], got %s %s"
                    .formatted(what, x.dim(0), level.dtype(), level.shape()));
        }
    }
}
