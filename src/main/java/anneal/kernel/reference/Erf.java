package anneal.kernel.reference;

/** The error function and the standard normal distribution in double precision. */
final class Erf {
    private static final double ROOT_PI = Math.sqrt(Math.PI);

    private Erf() {
    }

    /** erf(x) to about 1e-15: Abramowitz and Stegun 7.1.6 near 0, the continued fraction 7.1.14 further out. */
    static double erf(double x) {
        double z = Math.abs(x);
        return Math.copySign(z < 3 ? series(z) : 1 - complement(z), x);
    }

    /** Phi(x), the probability that a standard normal is at most x; keeps its relative accuracy far to the left. */
    static double normalCdf(double x) {
        double z = Math.abs(x) / Math.sqrt(2);
        double tail = (z < 3 ? 1 - series(z) : complement(z)) / 2;
        return x < 0 ? tail : 1 - tail;
    }

    static double normalDensity(double x) {
        return StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** 2/sqrt(pi) exp(-x^2) (x + 2/3 x^3 + 4/15 x^5 + ..): all terms positive, so nothing cancels. */
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > 1e-18 * sum; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / ROOT_PI * StrictMath.exp(-x * x) * sum;
    }

    /** erfc(x) = exp(-x^2)/sqrt(pi) * 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), from the inside out. */
    private static double complement(double x) {
        double fraction = x;
        for (int n = 80; n >= 1; n--) {
            fraction = x + n / 2.0 / fraction;
        }
        return StrictMath.exp(-x * x) / ROOT_PI / fraction;
    }
}
