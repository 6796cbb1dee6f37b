package anneal.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a CUDA device stores and multiplies; sums are float32 always. */
public enum Precision {
    /** float32 in memory, float32 products. */
    FP32(DType.F32),
    /** float32 in memory, products of ten-bit mantissas on tensor cores. */
    TF32(DType.F32),
    /** bfloat16 activations and their gradients, products on tensor cores; what must be exact stays float32. */
    BF16(DType.BF16);

    private final DType floatType;

    Precision(DType floatType) {
        this.floatType = floatType;
    }

    /** Element type of tensors that do not ask for another. */
    public DType floatType() {
        return floatType;
    }

    /** By its name in any case; throws IllegalArgumentException with the names there are. */
    public static Precision of(String name) {
        for (var p : values()) {
            if (p.name().equalsIgnoreCase(name)) {
                return p;
            }
        }
        throw new IllegalArgumentException("precision '" + name + "': use one of " + Arrays.stream(values())
                .map(p -> p.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", ")));
    }
}
