package anneal.cli;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;

/** When this process began, to tell how long its user has waited. */
final class StartUp {

    /** The launcher says here when it was called: seconds of the epoch, with a fraction. */
    static final String PROPERTY = "anneal.started";

    private StartUp() {
    }

    /** Seconds since the launcher was called; where it does not say, since the JVM began. */
    static double seconds() {
        return (System.currentTimeMillis() - began()) / 1000.0;
    }

    private static long began() {
        try {
            // some locales write a comma
            return new BigDecimal(System.getProperty(PROPERTY, "").replace(',', '.')).movePointRight(3).longValue();
        } catch (NumberFormatException e) {
            return ManagementFactory.getRuntimeMXBean().getStartTime();
        }
    }
}
