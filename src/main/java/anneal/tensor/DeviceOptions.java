package anneal.tensor;

/**
 * Choices that a device is opened with.
 *
 * @param threads     worker threads of the cpu device; 0 takes every processor
 * @param poison      fill freed memory with NaN, so that a stale read is seen (for tests)
 * @param forceScalar the cpu device without the Vector API
 */
public record DeviceOptions(int threads, boolean poison, boolean forceScalar) {
    public static final DeviceOptions DEFAULT = new DeviceOptions(0, false, false);

    public DeviceOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads must be 0 (all processors) or more, got " + threads);
        }
    }

    public static DeviceOptions threads(int threads) {
        return new DeviceOptions(threads, false, false);
    }
}
