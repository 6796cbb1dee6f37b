package anneal.bench.peer;

import anneal.io.TensorData;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Inputs of an item as recipes: each number is a function of its tensor's name and its index, so that they are the same
 * in every run and PyTorch can make them itself (bench/peer/recipes.py), where a file would be large.
 */
public final class Numbers {
    private static final int GOLDEN = 0x9e3779b9;
    private static final int BYTE = 0xff;
    /** Of four bytes added up: their mean, and the inverse of their standard deviation. */
    private static final int MEAN = 510;
    private static final double UNIT = 1 / Math.sqrt((256.0 * 256 - 1) / 3);

    private final String item;
    private final SequencedMap<String, Recipe> recipes = new LinkedHashMap<>();

    private interface Recipe {
        TensorData make(boolean bf16);

        Map<String, Object> forPeer();
    }

    Numbers(String item) {
        this.item = item;
    }

    /** Nearly normal, with mean 0 and deviation 1. */
    Numbers normal(String name, int... dims) {
        return normal(name, 1, 0, dims);
    }

    Numbers normal(String name, double deviation, double mean, int... dims) {
        recipes.put(name, new Normal(seed(name), mean, deviation * UNIT, dims));
        return this;
    }

    /** Uniform in from..to-1. */
    Numbers integers(String name, int from, int to, int count) {
        recipes.put(name, new Integers(seed(name), from, to, count));
        return this;
    }

    Numbers values(String name, double[] values) {
        recipes.put(name, new Values(values));
        return this;
    }

    private int seed(String name) {
        return (item + " " + name).hashCode();
    }

    /** @param bf16 whether normal numbers are rounded to bfloat16, so that a device that stores it has the same ones */
    public SequencedMap<String, TensorData> tensors(boolean bf16) {
        var made = new LinkedHashMap<String, TensorData>();
        recipes.forEach((name, recipe) -> made.put(name, recipe.make(bf16)));
        return made;
    }

    /** For recipes.py. */
    public List<Map<String, Object>> recipes() {
        return recipes.entrySet().stream().map(e -> {
            var recipe = new LinkedHashMap<String, Object>(e.getValue().forPeer());
            recipe.put("name", e.getKey());
            return (Map<String, Object>) recipe;
        }).toList();
    }

    /** The hash of an index: 32 bits of which none tells of another. */
    private static int word(int seed, int index) {
        int x = index * GOLDEN + seed;
        x = (x ^ x >>> 16) * 0x7feb352d;
        x = (x ^ x >>> 15) * 0x846ca68b;
        return x ^ x >>> 16;
    }

    private record Normal(int seed, double mean, double step, int[] dims) implements Recipe {
        @Override
        public TensorData make(boolean bf16) {
            var values = new float[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
            IntStream.range(0, values.length).parallel().forEach(i -> {
                float v = value(word(seed, i));
                values[i] = bf16 ? rounded(v) : v;
            });
            return TensorData.of(values, Arrays.stream(dims).asLongStream().toArray());
        }

        private float value(int word) {
            int sum = (word & BYTE) + (word >>> 8 & BYTE) + (word >>> 16 & BYTE) + (word >>> 24) - MEAN;
            return (float) (mean + step * sum);
        }

        /** To nearest, ties to even. */
        private static float rounded(float v) {
            int bits = Float.floatToRawIntBits(v);
            return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
        }

        @Override
        public Map<String, Object> forPeer() {
            return Map.of("kind", "normal", "seed", seed, "mean", mean, "step", step, "dims", dims);
        }
    }

    private record Integers(int seed, int from, int to, int count) implements Recipe {
        @Override
        public TensorData make(boolean bf16) {
            return TensorData.of(IntStream.range(0, count)
                    .map(i -> from + Integer.remainderUnsigned(word(seed, i), to - from)).toArray(), count);
        }

        @Override
        public Map<String, Object> forPeer() {
            return Map.of("kind", "integers", "seed", seed, "from", from, "to", to, "dims", new int[] {count});
        }
    }

    private record Values(double[] values) implements Recipe {
        @Override
        public TensorData make(boolean bf16) {
            return TensorData.of(values, values.length);
        }

        @Override
        public Map<String, Object> forPeer() {
            return Map.of("kind", "values", "values", values, "dims", new int[] {values.length});
        }
    }
}
