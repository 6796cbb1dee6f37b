package anneal.nn;

import anneal.kernel.Shape;
import anneal.tensor.Checkpoint;
import anneal.tensor.Tape;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A part of a network with parameters and parts of its own, all under the names of the original state dict. Building a
 * module only declares; memory comes with a {@link ParameterArena}. A forward pass is a scope of its own, from which
 * only the result (and what the tape saved) escapes.
 */
public abstract class Module {
    private final SequencedMap<String, Parameter> own = new LinkedHashMap<>();
    private final SequencedMap<String, Module> children = new LinkedHashMap<>();
    private final List<Constant> ownConstants = new ArrayList<>();
    private SequencedMap<String, Parameter> all;
    private Consumer<Tensor> observer;

    /** Declares a parameter; {@code shape} is in our layout. */
    protected final Parameter parameter(String name, WeightLayout layout, Initialiser initialiser, int... shape) {
        var p = new Parameter(layout, initialiser, Shape.of(shape));
        unique(name, own.put(name, p));
        return p;
    }

    /** Declares numbers that are part of the computation but not of the weights. */
    protected final Constant constant(double[] values, int... shape) {
        var c = new Constant(values, Shape.of(shape));
        ownConstants.add(c);
        return c;
    }

    /** Adds a part; the name may have dots, and an empty one puts the part's names beside this module's own. */
    protected final <M extends Module> M child(String name, M module) {
        unique(name, children.put(name, module));
        return module;
    }

    private static void unique(String name, Object before) {
        if (before != null) {
            throw new IllegalStateException("two parts of a module are named '" + name + "'");
        }
    }

    /** All parameters by their full names, in the original's order. Modules do not change after their construction. */
    public final SequencedMap<String, Parameter> parameters() {
        if (all == null) {
            var found = new LinkedHashMap<String, Parameter>(own);
            for (Map.Entry<String, Module> child : children.entrySet()) {
                var prefix = child.getKey().isEmpty() ? "" : child.getKey() + ".";
                child.getValue().parameters().forEach((name, p) -> unique(prefix + name, found.put(prefix + name, p)));
            }
            all = Collections.unmodifiableSequencedMap(found);
        }
        return all;
    }

    /** Number of learned numbers. */
    public final long parameterCount() {
        return parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
    }

    /**
     * Shows every result of a part to {@code observer}, at once and in the part's own scope. Parts that are computed
     * together with their neighbours, such as a norm before a convolution, have no result of their own.
     *
     * @param name     of the part, as its parameters' names begin
     * @param observer null: nobody any longer
     * @throws IllegalArgumentException if there is no such part
     */
    public final void observe(String name, Consumer<Tensor> observer) {
        var part = part(name);
        if (part == null) {
            throw new IllegalArgumentException("the model has no part '" + name + "'");
        }
        part.observer = observer;
    }

    private Module part(String name) {
        for (Map.Entry<String, Module> child : children.entrySet()) {
            var key = child.getKey();
            if (key.equals(name)) {
                return child.getValue();
            }
            var rest = key.isEmpty() ? name : name.startsWith(key + ".") ? name.substring(key.length() + 1) : null;
            var found = rest == null ? null : child.getValue().part(rest);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Passes on a result of this module, after whoever {@link #observe observes} it has seen it. */
    protected final Tensor result(Tensor result) {
        if (observer != null) {
            observer.accept(result);
        }
        return result;
    }

    final List<Constant> constants() {
        var found = new ArrayList<>(ownConstants);
        children.values().forEach(child -> found.addAll(child.constants()));
        return found;
    }

    /** Asks {@code tape} to add every parameter's gradient to the arena. Without it they are constants to a tape. */
    public final void watch(Tape tape) {
        for (var p : parameters().values()) {
            tape.watchInto(p.value(), p.gradient());
        }
    }

    /** Runs {@code body} in a scope of its own; {@code in[0]} may not be null. */
    protected final Tensor scoped(Function<Tensor[], Tensor> body, Tensor... in) {
        try (var scope = in[0].device().scope()) {
            return scope.escape(body.apply(in));
        }
    }

    /** As {@link #scoped}, but the backward pass computes {@code body} again instead of keeping what it made. */
    protected final Tensor checkpointed(Function<Tensor[], Tensor> body, Tensor... in) {
        var values = parameters().values().stream().map(Parameter::value).toList();
        return scoped(same -> Checkpoint.checkpoint(body, values, same), in);
    }
}
