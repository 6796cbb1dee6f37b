package anneal.tensor;

import anneal.kernel.Shape;
import java.util.Random;

/** The result of a case and the gradients of sum(result * seed) with respect to its inputs. */
record OpValues(double[] result, double[][] gradients) {
    static OpValues of(Device device, OpCases.Case c, double[][] inputs) {
        try (Scope scope = device.scope(); Tape tape = device.tape()) {
            Tensor[] x = tensors(device, c, inputs);
            tape.watch(x);
            Tensor y = c.f().apply(x);
            double[] result = y.toDoubles();
            Tensor[] g = tape.gradientFrom(y, device.of(seed(y.shape()), y.shape().toArray()), x);
            double[][] gradients = new double[g.length][];
            for (int i = 0; i < g.length; i++) {
                gradients[i] = g[i].toDoubles();
            }
            return new OpValues(result, gradients);
        }
    }

    static Tensor[] tensors(Device device, OpCases.Case c, double[][] inputs) {
        Tensor[] x = new Tensor[inputs.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = device.of(inputs[i], c.inputs().get(i).toArray());
        }
        return x;
    }

    /** Inputs that float32 holds exactly, so that devices can be compared. */
    static double[][] inputs(OpCases.Case c, long seed) {
        Random random = new Random(seed);
        double[][] out = new double[c.inputs().size()][];
        for (int i = 0; i < out.length; i++) {
            out[i] = random.doubles(c.inputs().get(i).size(), c.low(), c.high()).map(v -> (float) v).toArray();
        }
        return out;
    }

    static double[] seed(Shape shape) {
        return new Random(99).doubles(shape.size(), -1, 1).map(v -> (float) v).toArray();
    }
}
