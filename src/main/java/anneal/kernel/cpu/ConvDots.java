package anneal.kernel.cpu;

/**
 * The direct convolution for few results a pixel, such as a network's last one, which makes an image: vectors along the
 * terms of a window instead of along the results, most of whose lanes would be empty. The weights are read where they
 * lie.
 */
record ConvDots(CpuContext context, ConvProduct conv) {
    /** From more results on, vectors along them are full enough. */
    private static final int MOST_RESULTS = 12;
    /** Lanes of the widest vectors that are common: the choice should not differ from machine to machine. */
    private static final int LANES = 16;
    /** Pixels of a task. */
    private static final int PIXELS = 256;

    /** Whether a convolution from {@code channels} to {@code results} is computed so. */
    static boolean pays(CpuContext context, int channels, int results) {
        return results <= MOST_RESULTS && channels % LANES == 0 && channels % context.lanes().dots().width() == 0;
    }

    /**
     * Multiplies.
     *
     * @param weights address of {@code [result][kernel row][kernel column][channel]}
     * @param row     the output row of the first sample's first pixel
     */
    void run(PaddedInput input, int samples, long weights, Output output, long row) {
        int rows = Math.max(1, Math.min(conv.outH(), PIXELS / conv.outW()));
        int strips = (conv.outH() + rows - 1) / rows;
        context.threads().run(Math.multiplyExact(samples, strips), (task, worker) -> {
            int sample = task / strips;
            int top = task % strips * rows;
            strip(input.base() + sample * input.image() + (long) top * conv.stride() * input.row(), input,
                    Math.min(rows, conv.outH() - top), weights, output,
                    row + ((long) sample * conv.outH() + top) * conv.outW(), worker);
        });
    }

    private void strip(long windows, PaddedInput input, int height, long weights, Output output, long row, int worker) {
        var lanes = context.lanes().dots();
        long sums = lanes.scratchBytes();
        long resultRow = 4L * conv.outC();
        long scratch = context.threads().scratch(worker, sums + (long) height * conv.outW() * resultRow);
        long results = scratch + sums;
        int run = conv.kW() * conv.inC();
        for (int h = 0; h < height; h++) {
            lanes.multiply(conv.outW(), conv.outC(), conv.kH(), run,
                    windows + (long) h * conv.stride() * input.row(), conv.stride() * input.pixel(), input.row(),
                    weights, 4L * conv.depth(), 4L * run, results + h * conv.outW() * resultRow, resultRow, scratch);
        }
        output.take(height * conv.outW(), conv.outC(), results, resultRow, row, 0);
    }
}
