package anneal.train;

/** A loss or a gradient stopped being a number; the message names the step and the last good checkpoint. */
public final class TrainingDiverged extends RuntimeException {
    private static final long serialVersionUID = 1;

    TrainingDiverged(String message) {
        super(message);
    }
}
