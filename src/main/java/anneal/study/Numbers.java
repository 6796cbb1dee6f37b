package anneal.study;

import java.util.Locale;

/** Numbers as tables write them, the same everywhere on earth. */
final class Numbers {
    private Numbers() {
    }

    /** Without needless zeros: 4, 0.5. */
    static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    static String fixed(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
