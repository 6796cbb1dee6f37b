package anneal.nn;

import anneal.io.DataException;
import anneal.io.FileType;
import anneal.io.TensorData;
import anneal.kernel.DType;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/** A model's tensors by their original names and in their original layouts, to and from a {@link ParameterArena}. */
public final class StateDict {
    private static final int NAMED = 3;

    private StateDict() {
    }

    /**
     * Sets the module's values.
     *
     * @param tensors floating (F64, F32, F16 or BF16), in the checkpoint's layouts, exactly the module's names
     * @throws DataException in one line, naming what is missing, not expected, of another shape or not floating;
     *                       nothing has been changed then
     */
    public static void load(Module module, Map<String, TensorData> tensors) throws DataException {
        check(module, tensors, false);
        copy(module, tensors);
    }

    /**
     * As {@link #load(Module, Map)}, into another buffer, such as an EMA: {@code arena.emas().get(0)::of}. The model may
     * not compute with it before {@link ParameterArena#compute}.
     */
    public static void load(Module module, Map<String, TensorData> tensors, Function<Parameter, Tensor> target)
            throws DataException {
        check(module, tensors, false);
        copy(module, tensors, target);
    }

    /** As {@link #load(Module, Map)}, but tensors that the module does not have are passed over. */
    public static void loadIgnoringOthers(Module module, Map<String, TensorData> tensors) throws DataException {
        check(module, tensors, true);
        copy(module, tensors);
    }

    /** The module's values: F32, or F64 from a float64 device. */
    public static SequencedMap<String, TensorData> values(Module module) {
        return read(module, Parameter::stored);
    }

    /** The module's gradients, as {@link #values}. */
    public static SequencedMap<String, TensorData> gradients(Module module) {
        return read(module, Parameter::gradient);
    }

    /** What {@code source} holds for each parameter, such as {@code arena.firstMoment()::of}; as {@link #values}. */
    public static SequencedMap<String, TensorData> read(Module module, Function<Parameter, Tensor> source) {
        var out = new LinkedHashMap<String, TensorData>();
        module.parameters().forEach((name, p) -> out.put(name, toCheckpoint(p, source.apply(p))));
        return out;
    }

    private static TensorData toCheckpoint(Parameter p, Tensor t) {
        var shape = Arrays.stream(p.checkpointShape()).asLongStream().toArray();
        return t.dtype() == DType.F64
                ? TensorData.of(p.layout().toCheckpoint(t.toDoubles(), p.shape()), shape)
                : TensorData.of(p.layout().toCheckpoint(t.toFloats(), p.shape()), shape);
    }

    private static void copy(Module module, Map<String, TensorData> tensors) {
        copy(module, tensors, Parameter::stored);
        module.parameters().values().forEach(Parameter::refresh);
    }

    private static void copy(Module module, Map<String, TensorData> tensors, Function<Parameter, Tensor> target) {
        module.parameters().forEach((name, p) -> {
            var data = tensors.get(name);
            if (data.type() == FileType.F64) {
                target.apply(p).copyFrom(p.layout().fromCheckpoint(data.toDoubles(), p.shape()));
            } else {
                target.apply(p).copyFrom(p.layout().fromCheckpoint(data.toFloats(), p.shape()));
            }
        });
    }

    private static void check(Module module, Map<String, TensorData> tensors, boolean ignoreOthers)
            throws DataException {
        var missing = new ArrayList<String>();
        var misshapen = new ArrayList<String>();
        var wrongType = new ArrayList<String>();
        module.parameters().forEach((name, p) -> {
            var data = tensors.get(name);
            if (data == null) {
                missing.add(name);
            } else if (!data.type().isFloating()) {
                wrongType.add(name + " (" + data.type() + ")");
            } else if (!Arrays.equals(data.shape(), Arrays.stream(p.checkpointShape()).asLongStream().toArray())) {
                misshapen.add(name + " (" + Arrays.toString(data.shape()) + " instead of "
                        + Arrays.toString(p.checkpointShape()) + ")");
            }
        });
        var others = ignoreOthers ? List.<String>of()
                : tensors.keySet().stream().filter(name -> !module.parameters().containsKey(name)).toList();
        var problems = new ArrayList<String>();
        describe(problems, missing, "missing");
        describe(problems, others, "not expected");
        describe(problems, misshapen, "of another shape");
        describe(problems, wrongType, "not floating");
        if (!problems.isEmpty()) {
            throw new DataException("the weights do not fit the model: " + String.join("; ", problems));
        }
    }

    private static void describe(List<String> problems, List<String> names, String what) {
        if (!names.isEmpty()) {
            var first = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
            problems.add(names.size() + " " + what + ": " + first + (names.size() > NAMED ? ", ..." : ""));
        }
    }
}
