package anneal.parity;

import anneal.io.TensorData;
import anneal.kernel.Philox;

/**
 * Small errors in what a case is given, to see what becomes of them.
 *
 * @param unit   root mean square of a number's relative error; 0 leaves everything as it is
 * @param draw   which errors, among as many as one likes
 * @param inputs whether a case's inputs are off too, or the parameters of its networks only
 */
record Disturbance(double unit, int draw, boolean inputs) {
    static final Disturbance NONE = new Disturbance(0, 0, false);
    /** Philox stream of the errors; others' streams are in their enums. */
    private static final int ERRORS = 0xd157;

    TensorData ofInput(String name, TensorData data) {
        return inputs ? ofParameter(name, data) : data;
    }

    /** Each number times 1 + e, with e spread evenly; whole numbers as they are. */
    TensorData ofParameter(String name, TensorData data) {
        if (unit == 0 || !data.type().isFloating()) {
            return data;
        }
        var random = Philox.stream(draw, ERRORS, name.hashCode(), 0);
        double largest = Math.sqrt(3) * unit;
        var values = data.toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] *= 1 + largest * (2 * random.nextDouble() - 1);
        }
        return TensorData.of(values, data.shape());
    }
}
