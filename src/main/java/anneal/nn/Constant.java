package anneal.nn;

import anneal.kernel.Shape;
import anneal.tensor.Tensor;

/** Fixed numbers that a module computes with, such as frequencies: beside the parameters, but never in a file. */
public final class Constant {
    private final double[] values;
    private final Shape shape;
    private Tensor tensor;

    Constant(double[] values, Shape shape) {
        this.values = values.clone();
        this.shape = shape;
    }

    double[] values() {
        return values;
    }

    Shape shape() {
        return shape;
    }

    /** The numbers on the device, in its wide type; throws IllegalStateException while no arena holds the model. */
    public Tensor tensor() {
        if (tensor == null) {
            throw new IllegalStateException("the model has no memory: make a ParameterArena for it first");
        }
        return tensor;
    }

    void bind(Tensor newTensor) {
        tensor = newTensor;
    }
}
