package anneal.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Gradient checkpointing (Chen et al., "Training Deep Nets with Sublinear Memory Cost"): the block keeps only its inputs
 * and is run again for the backward pass.
 */
public record Checkpoint(Function<Tensor[], Tensor> block, int inputs) implements Op {
    /**
     * @param block      a function of {@code inputs}, which must give the same result each time
     * @param parameters what else it depends on and may be differentiated
     */
    public static Tensor checkpoint(Function<Tensor[], Tensor> block, List<Tensor> parameters, Tensor... inputs) {
        Tensor[] all = Arrays.copyOf(inputs, inputs.length + parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            all[inputs.length + i] = parameters.get(i);
        }
        return Op.apply(new Checkpoint(block, inputs.length), all);
    }

    @Override
    public Tensor forward(OpContext c, Tensor[] in) {
        c.save(in);
        return Tape.pause(c.device(), () -> block.apply(Arrays.copyOf(in, inputs))).detach();
    }

    @Override
    public Tensor[] backward(OpContext c, Tensor g) {
        Tensor[] in = new Tensor[c.inputCount()];
        Tensor[] wanted = new Tensor[in.length];
        int count = 0;
        try (Tape tape = c.device().tape()) {
            for (int i = 0; i < in.length; i++) {
                in[i] = c.saved(i);
                if (in[i] != null && c.needs(i)) {
                    tape.watch(in[i]);
                    wanted[count++] = in[i];
                }
            }
            Tensor out = block.apply(Arrays.copyOf(in, inputs));
            Tensor[] grads = tape.gradientFrom(out, g, Arrays.copyOf(wanted, count));
            Tensor[] result = new Tensor[in.length];
            for (int i = 0, k = 0; i < in.length; i++) {
                result[i] = in[i] != null && c.needs(i) ? grads[k++] : null;
            }
            return result;
        }
    }
}
