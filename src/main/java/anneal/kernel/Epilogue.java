package anneal.kernel;

/**
 * What happens to a result r on its way out: {@code y = act(alpha * (r + bias + rowAdd) + residual) + beta * y_before}.
 *
 * @param bias     [C] over the last axis, or null
 * @param rowAdd   [N, C], one row for each entry of the first axis of the output (may be pitched), or null
 * @param residual of the output's shape (may be pitched), or null
 * @param alpha    factor of the result
 * @param beta     0 overwrites (the old contents are not read), anything else accumulates that multiple
 */
public record Epilogue(Buf bias, Buf rowAdd, Buf residual, double alpha, double beta, Activation act) {
    /** The result as it is. */
    public static final Epilogue NONE = new Epilogue(null, null, null, 1, 0, Activation.NONE);

    /** Adds to what is there. */
    public static final Epilogue ACCUMULATE = new Epilogue(null, null, null, 1, 1, Activation.NONE);

    public static Epilogue bias(Buf bias) {
        return new Epilogue(bias, null, null, 1, 0, Activation.NONE);
    }

    public static Epilogue scaled(double alpha, double beta) {
        return new Epilogue(null, null, null, alpha, beta, Activation.NONE);
    }

    /** True when there is nothing beyond alpha and beta, which every device does itself. */
    public boolean isBare() {
        return bias == null && rowAdd == null && residual == null && act == Activation.NONE;
    }
}
