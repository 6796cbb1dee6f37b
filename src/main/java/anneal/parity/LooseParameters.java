package anneal.parity;

import anneal.io.TensorData;
import anneal.nn.Initialiser;
import anneal.nn.Module;
import anneal.nn.Parameter;
import anneal.nn.WeightLayout;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.SequencedMap;

/** Tensors of a case as the parameters of a model that computes nothing, for the cases that only optimise. */
final class LooseParameters extends Module {
    /** @param prefix of the inputs that give the parameters' shapes; the rest of a name is the parameter's */
    LooseParameters(CaseContext c, String prefix, Collection<String> names) throws IOException {
        for (var name : names) {
            parameter(name, WeightLayout.PLAIN, Initialiser.ZEROS, c.data(prefix + name).intShape());
        }
    }

    /** Names of the inputs that start with {@code prefix}, without it. */
    static List<String> names(CaseContext c, String prefix) {
        return c.inputs().stream().filter(n -> n.startsWith(prefix)).map(n -> n.substring(prefix.length())).toList();
    }

    /** The parameters by name. */
    SequencedMap<String, Parameter> byName() {
        return parameters();
    }

    /** A given tensor, or entry {@code row} of it if that is not negative, into memory of the same size. */
    static void copy(CaseContext c, String input, int row, Tensor into) throws IOException {
        TensorData data = c.data(input);
        into.copyFrom((row < 0 ? data : CaseContext.row(data, row)).toDoubles());
    }
}
