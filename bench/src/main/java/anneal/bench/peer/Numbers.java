package anneal.bench.peer;

import anneal.io.TensorData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** Inputs of an item, drawn from its name, so that they are the same in every run. */
final class Numbers {
    private final SplittableRandom random;
    private final SequencedMap<String, TensorData> tensors = new LinkedHashMap<>();

    Numbers(String name) {
        random = new SplittableRandom(name.hashCode());
    }

    /** Standard normal. */
    Numbers normal(String name, int... dims) {
        return normal(name, 1, 0, dims);
    }

    Numbers normal(String name, double deviation, double mean, int... dims) {
        var values = new float[Math.toIntExact(Arrays.stream(dims).asLongStream().reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return put(name, TensorData.of(values, longs(dims)));
    }

    /** Uniform in from..to-1. */
    Numbers integers(String name, int from, int to, int count) {
        return put(name, TensorData.of(random.ints(count, from, to).toArray(), count));
    }

    Numbers put(String name, TensorData data) {
        tensors.put(name, data);
        return this;
    }

    SequencedMap<String, TensorData> tensors() {
        return tensors;
    }

    private static long[] longs(int[] dims) {
        return Arrays.stream(dims).asLongStream().toArray();
    }
}
