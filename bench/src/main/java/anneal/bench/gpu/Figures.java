package anneal.bench.gpu;

import java.util.Locale;

/** Numbers for people. */
final class Figures {
    private Figures() {
    }

    /** Three digits. */
    static String digits(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
