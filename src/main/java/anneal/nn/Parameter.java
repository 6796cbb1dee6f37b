package anneal.nn;

import anneal.kernel.Shape;
import anneal.tensor.Tensor;

/**
 * One learned tensor of a module: at first a declaration (shape, layout, start values), which costs no memory; once a
 * {@link ParameterArena} holds the model, also its value and perhaps its gradient.
 */
public final class Parameter {
    private final WeightLayout layout;
    private final Initialiser initialiser;
    private final Shape shape;
    private Tensor stored;
    private Tensor value;
    private Tensor gradient;

    Parameter(WeightLayout layout, Initialiser initialiser, Shape shape) {
        this.layout = layout;
        this.initialiser = initialiser;
        this.shape = shape;
    }

    public WeightLayout layout() {
        return layout;
    }

    public Initialiser initialiser() {
        return initialiser;
    }

    /** Shape in our layout. */
    public Shape shape() {
        return shape;
    }

    /** Shape in a PyTorch checkpoint. */
    public int[] checkpointShape() {
        return layout.checkpointShape(shape);
    }

    /** The values that the model computes with; throws IllegalStateException while no arena holds the model. */
    public Tensor value() {
        return bound(value);
    }

    /** The same as exactly as the arena has them: where {@link #value} is a shadow of it, what it was rounded from. */
    Tensor stored() {
        return bound(stored);
    }

    private static Tensor bound(Tensor t) {
        if (t == null) {
            throw new IllegalStateException("the model has no memory: make a ParameterArena for it first");
        }
        return t;
    }

    /** Has {@link #value} follow a change of {@link #stored}. */
    void refresh() {
        if (value != stored) {
            value.copyFrom(stored);
        }
    }

    /** Where gradients are summed; throws IllegalStateException if the model's arena keeps none. */
    public Tensor gradient() {
        if (gradient == null) {
            throw new IllegalStateException("the model's arena keeps no gradients");
        }
        return gradient;
    }

    boolean isBound() {
        return value != null;
    }

    void bind(Tensor newStored, Tensor newValue, Tensor newGradient) {
        stored = newStored;
        value = newValue;
        gradient = newGradient;
    }
}
