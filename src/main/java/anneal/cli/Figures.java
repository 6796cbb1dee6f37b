package anneal.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers for people to read, in the same notation everywhere on earth. */
public final class Figures {

    private static final String[] BYTE_UNITS = {"bytes", "KB", "MB", "GB", "TB"};

    private Figures() {
    }

    /** For example {@code 1,234,567}. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** For example {@code 11.1 million}; below a million as {@link #count}. */
    public static String large(long n) {
        return n < 1_000_000 ? count(n) : String.format(Locale.ROOT, "%.1f million", n / 1e6);
    }

    /** In decimal units: {@code 512 bytes}, {@code 4.4 MB}. */
    public static String bytes(long n) {
        double value = n;
        int unit = 0;
        while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? n + " bytes" : String.format(Locale.ROOT, "%.1f %s", value, BYTE_UNITS[unit]);
    }

    /** In the two largest units that matter: {@code 0.4 s}, {@code 12 s}, {@code 4 min 05 s}, {@code 3 h 20 min}. */
    public static String duration(double seconds) {
        if (seconds < 9.95) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, seconds));
        }
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600 ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
    }

    /** Three significant digits, without an exponent where the number is of everyday size: a loss, a rate. */
    public static String three(double value) {
        double size = Math.abs(value);
        if (!Double.isFinite(value) || size != 0 && (size < 1e-4 || size >= 1e6)) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        int digits = size >= 100 || size == 0 ? 0 : (int) (2 - Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** For example {@code 64 x 3 x 3 x 64}, or {@code scalar}. */
    public static String shape(long... extents) {
        return extents.length == 0 ? "scalar"
                : Arrays.stream(extents).mapToObj(Long::toString).collect(Collectors.joining(" x "));
    }
}
