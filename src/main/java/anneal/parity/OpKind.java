package anneal.parity;

import anneal.io.TensorData;
import anneal.tensor.Tape;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Single operations: the result, and the gradients of sum(y * g) with respect to every floating input. */
final class OpKind implements CaseRunner {
    private static final String SEED = "g";

    @Override
    public SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var name = c.config().path("op").asText();
        var op = OpTable.find(name);
        if (op == null) {
            throw new UnsupportedOperationException("operation '" + name + "' is not known");
        }
        var tensors = new LinkedHashMap<String, Tensor>();
        var differentiable = new ArrayList<String>();
        for (var input : c.inputs()) {
            if (input.equals(SEED)) {
                continue;
            }
            boolean floating = c.data(input).type().isFloating();
            tensors.put(input, floating ? c.tensor(input).toFloating() : c.indices(input));
            if (floating) {
                differentiable.add(input);
            }
        }
        var out = c.outputs();
        try (var tape = c.device().tape()) {
            var watched = differentiable.stream().map(tensors::get).toArray(Tensor[]::new);
            tape.watch(watched);
            var y = op.apply(new OpTable.Inputs(tensors, c.config().path("attrs")));
            out.put("out.y", y);
            if (c.has(SEED)) {
                putGradients(out, tape, y, c.tensor(SEED), differentiable, watched);
            }
        }
        return out.tensors();
    }

    private static void putGradients(Outputs out, Tape tape, Tensor y, Tensor seed, ArrayList<String> names,
                                     Tensor[] watched) {
        var gradients = tape.gradientFrom(y, seed, watched);
        for (int i = 0; i < gradients.length; i++) {
            out.put("grad." + names.get(i), gradients[i]);
        }
    }
}
