package anneal.kernel.cpu;

import anneal.kernel.Buf;

/** One head of one sample in a buffer of queries, keys, values or results: rows of headDim floats, strides in bytes. */
record AttentionHead(long base, long row) {
    /** @param headStride elements from one head to the next */
    static AttentionHead of(Buf b, int sample, int length, int head, long headStride) {
        long row = Output.pitch(b);
        return new AttentionHead(b.address() + (long) sample * length * row + 4 * head * headStride, row);
    }

    long at(int position) {
        return base + position * row;
    }
}
