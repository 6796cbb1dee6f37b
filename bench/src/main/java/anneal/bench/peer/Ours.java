package anneal.bench.peer;

import java.util.SequencedMap;

/** Our side of an {@link Item}, with its memory on a device. */
public interface Ours extends AutoCloseable {
    /** Has the device compute once; it need not be done yet. */
    void enqueue();

    /** Computes once, to the end. */
    void run();

    /** What is compared with the peer's results, by name and in the same order; called before any {@link #run}. */
    SequencedMap<String, float[]> results();

    @Override
    void close();
}
