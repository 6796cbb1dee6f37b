package anneal.kernel.cpu;

/**
 * How a long sum is cut: its terms are {@code segments} runs of {@code width} terms, such as the kernel rows of a
 * convolution's window. Each part is a chain of multiply-adds of its own, and the parts are added in order, because the
 * rounding error of one chain grows with its length. The cuts follow from these two numbers, so that every way to
 * compute the sum gives the same bits.
 */
record Parts(int segments, int width) {
    /** No chain is longer: then a part of a panel is 32 KiB and stays in the first-level cache. */
    static final int LONGEST = 128;
    /** The same for a window of several rows: what is convolved directly is small, so that exactness costs little. */
    static final int LONGEST_OF_WINDOW = 64;

    /** One matrix product's sum. */
    static Parts of(int depth) {
        return new Parts(1, depth);
    }

    int depth() {
        return segments * width;
    }

    /** A part: {@code segments} runs of {@code depth} terms, all beginning {@code offset} terms into their segments. */
    interface Part {
        void run(int segment, int segments, int offset, int depth);
    }

    /** Hands out the parts in order; an empty sum has one empty part. */
    void forEach(Part part) {
        int longest = segments > 1 ? LONGEST_OF_WINDOW : LONGEST;
        int pieces = Math.max(1, (width + longest - 1) / longest);
        int piece = (width + pieces - 1) / pieces;
        int together = Math.max(1, longest / Math.max(1, width));
        for (int s = 0; s < segments; s += together) {
            for (int i = 0; i < pieces; i++) {
                part.run(s, Math.min(together, segments - s), i * piece, Math.min(piece, width - i * piece));
            }
        }
    }
}
