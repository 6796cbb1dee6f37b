package anneal.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which way the cpu device computes a convolution, where there is a choice. A choice, for it shows in the last bits. */
public enum ConvAlgorithm {
    /** Directly or by Winograd's F(2x2, 3x3), whichever is faster by a rule that looks at the shape only. */
    AUTO,
    /** A multiplication for every tap. */
    DIRECT,
    /** Winograd's F(2x2, 3x3) wherever it is possible. */
    F2,
    /** Winograd's F(4x4, 3x3) wherever it is possible. */
    F4,
    /** As {@link #AUTO}, with F(4x4, 3x3), which is less exact, where that is faster still. */
    FAST;

    /** By its name in any case; throws IllegalArgumentException with the names there are. */
    public static ConvAlgorithm of(String name) {
        for (var a : values()) {
            if (a.name().equalsIgnoreCase(name)) {
                return a;
            }
        }
        throw new IllegalArgumentException("convolution '" + name + "': use one of " + Arrays.stream(values())
                .map(ConvAlgorithm::toString).collect(Collectors.joining(", ")));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
