package anneal.train;

import anneal.tensor.Tensor;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * A part of a step's batch that goes through the network at once.
 *
 * @param losses  runs the network; gives losses by name, one for each sample [n], among them {@link #LOSS}, which is
 *                minimised
 * @param weights importance weights of the samples [n], or null for 1
 * @param share   factor of this part's mean loss: its share of the batch makes the gradient that of the whole batch's
 *                mean; 1 adds the parts' gradients up, as guided-diffusion does
 */
public record MicroBatch(Supplier<SequencedMap<String, Tensor>> losses, Tensor weights, double share) {
    /** The loss that is minimised. */
    public static final String LOSS = "loss";
}
