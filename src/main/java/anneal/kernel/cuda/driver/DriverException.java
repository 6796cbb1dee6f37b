package anneal.kernel.cuda.driver;

/** A driver refused or failed; the message says at what and, in the driver's words, why. */
public final class DriverException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DriverException(String message) {
        super(message);
    }
}
