package anneal.nn;

import anneal.tensor.Tensor;

/** Drops elements while its model trains; nothing otherwise. Has no parameters. */
public final class Dropout {
    private final double p;
    private final DropoutState state;
    private final int stream;

    /** @throws IllegalArgumentException unless 0 &lt;= p &lt; 1 */
    public Dropout(double p, DropoutState state) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("dropout probability " + p + "; 0 <= p < 1 is needed");
        }
        this.p = p;
        this.state = state;
        this.stream = state.newStream();
    }

    /** False when {@link #forward} would give x itself. */
    public boolean isActive() {
        return p > 0 && state.isTraining();
    }

    public Tensor forward(Tensor x) {
        return isActive() ? state.drop(x, p, stream) : x;
    }
}
