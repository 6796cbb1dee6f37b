package anneal.kernel.cpu;

/** Inner loops of softmax over one dense row. */
public interface SoftmaxLanes {
    /**
     * {@code y = exp(x - max)} over {@code n} floats.
     *
     * @param y written unless 0
     * @return the sum of the exponentials
     */
    double exponentials(int n, long x, float max, long y);

    /** The inner product of two rows. */
    double dot(int n, long a, long b);

    /** {@code dx = y (dy - sum)}, or with {@code log} {@code dx = dy - exp(y) sum}. */
    void gradient(boolean log, int n, long y, long dy, float sum, long dx);
}
