package anneal.kernel;

/** Reductions: {@code out = alpha * reduce(in) + beta * out}. */
public record ReduceOp(Fn fn, double alpha, double beta) {
    /** What is folded. */
    public enum Fn { SUM, SUM_SQUARES, MAX }

    public static final ReduceOp SUM = new ReduceOp(Fn.SUM, 1, 0);

    public static ReduceOp of(Fn fn, double alpha, double beta) {
        return new ReduceOp(fn, alpha, beta);
    }
}
