package anneal.train;

import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a training step tells, in device memory of its own that every step overwrites: the counterpart of
 * {@link StepInputs}. Lives in the scope that it is made in.
 */
final class StepReport {
    private final SequencedMap<String, Tensor> losses = new LinkedHashMap<>();
    /** Of those a step may tell, the ones that this one does. */
    private final SequencedMap<String, Tensor> told = new LinkedHashMap<>();
    private final Tensor gradientNorm;
    private final Tensor parameterNorm;

    /**
     * @param names of the losses that there may be
     * @param n     images of a batch
     */
    StepReport(Device device, List<String> names, int n) {
        names.forEach(name -> losses.put(name, device.empty(Shape.of(n))));
        gradientNorm = device.empty(Shape.of(1));
        parameterNorm = device.empty(Shape.of(1));
    }

    /** Part of the step. */
    void keep(TrainStep.Outcome outcome) {
        outcome.losses().forEach((name, values) -> {
            losses.get(name).copyFrom(values);
            told.put(name, losses.get(name));
        });
        gradientNorm.copyFrom(outcome.gradientNorm());
        parameterNorm.copyFrom(outcome.parameterNorm());
    }

    /** By name, one for each image of the batch; waits for the step. */
    SequencedMap<String, double[]> losses() {
        var out = new LinkedHashMap<String, double[]>();
        told.forEach((name, values) -> out.put(name, values.toDoubles()));
        return out;
    }

    /** Before clipping. */
    double gradientNorm() {
        return gradientNorm.item();
    }

    /** Before the update. */
    double parameterNorm() {
        return parameterNorm.item();
    }
}
