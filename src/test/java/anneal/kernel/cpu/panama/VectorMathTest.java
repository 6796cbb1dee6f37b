package anneal.kernel.cpu.panama;

import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.kernel.cpu.PolyMath;
import java.util.Map;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.Test;

class VectorMathTest {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private interface FloatFunction {
        float at(float x);
    }

    private record Pair(FloatFunction scalar, UnaryOperator<FloatVector> vector) {
    }

    private static final Map<String, Pair> ALL = Map.of(
            "exp", new Pair(PolyMath::exp, VectorMath::exp), "log", new Pair(PolyMath::log, VectorMath::log),
            "sin", new Pair(PolyMath::sin, VectorMath::sin), "cos", new Pair(PolyMath::cos, VectorMath::cos),
            "tanh", new Pair(PolyMath::tanh, VectorMath::tanh), "erf", new Pair(PolyMath::erf, VectorMath::erf),
            "sigmoid", new Pair(PolyMath::sigmoid, VectorMath::sigmoid),
            "silu", new Pair(PolyMath::silu, VectorMath::silu));

    /** Floats from all of the number line: a large odd step through the bit patterns, special values among them. */
    @Test
    void vectorsGiveTheBitsOfTheScalarForm() {
        float[] special = {0, -0f, 1, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 88.7228f, -87.3f, -103.9f, 0.625f};
        ALL.forEach((name, pair) -> {
            check(name, pair, special);
            var x = new float[4096];
            for (int bits = Integer.MIN_VALUE, round = 0; round < 60; round++) {
                for (int i = 0; i < x.length; i++) {
                    x[i] = Float.intBitsToFloat(bits);
                    bits += 17477;
                }
                check(name, pair, x);
            }
        });
    }

    private static void check(String name, Pair pair, float[] values) {
        boolean angle = name.equals("sin") || name.equals("cos");
        var in = new float[S.length()];
        for (int at = 0; at < values.length; at += in.length) {
            for (int i = 0; i < in.length; i++) {
                float x = values[Math.min(at + i, values.length - 1)];
                in[i] = angle && Math.abs(x) > PolyMath.ANGLE_MAX ? x % 1000 : x;
            }
            var out = pair.vector.apply(FloatVector.fromArray(S, in, 0)).toArray();
            for (int i = 0; i < in.length; i++) {
                assertEquals(Float.floatToIntBits(pair.scalar.at(in[i])), Float.floatToIntBits(out[i]),
                        name + " of " + in[i]);
            }
        }
    }
}
