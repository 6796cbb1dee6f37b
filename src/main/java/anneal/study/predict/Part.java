package anneal.study.predict;

/**
 * What is known of a call's kernels whose names begin alike.
 *
 * @param prefix of the names
 * @param flops  operations of the direct way; 0 where memory is all that counts
 * @param bytes  of its operands, each once
 */
record Part(String prefix, double flops, double bytes) {
    /** A kernel that reads and writes its operands and computes next to nothing. */
    static Part moving(String prefix, double bytes) {
        return new Part(prefix, 0, bytes);
    }
}
