package anneal.parity;

import anneal.parity.OpTable.Inputs;
import anneal.parity.OpTable.Operation;
import anneal.tensor.Concat;
import anneal.tensor.Pad;
import anneal.tensor.Slice;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Operations that move elements: concatenation, slices, permutation, padding, reshaping. */
final class ShapeOps {
    private ShapeOps() {
    }

    static void addTo(Map<String, Operation> table) {
        table.put("concat", in -> Concat.concat(in.number("dim", 0), in.inOrder().toArray(Tensor[]::new)));
        table.put("slice", ShapeOps::slice);
        table.put("permute", in -> in.x().permute(in.numbers("dims")));
        table.put("transpose", in -> in.x().transpose());
        table.put("reshape", in -> in.x().reshape(in.numbers("shape")));
        table.put("pad", ShapeOps::pad);
    }

    /** One [start, stop, step] (or null for all) for each leading dimension, as Python's slices. */
    private static Tensor slice(Inputs in) {
        var y = in.x();
        int axis = 0;
        for (var s : in.attrs().path("slices")) {
            if (!s.isArray() && !s.isNull()) {
                throw new UnsupportedOperationException("slice " + s + " that drops a dimension");
            }
            y = slice(y, axis++, s);
        }
        return y;
    }

    private static Tensor slice(Tensor x, int axis, JsonNode s) {
        int n = x.dim(axis);
        int step = s.path(2).asInt(1);
        if (step == 0) {
            throw new IllegalArgumentException("slice with a step of 0");
        }
        boolean forward = step > 0;
        int start = bound(s.path(0), n, forward ? 0 : n - 1, forward);
        int stop = bound(s.path(1), n, forward ? n : -1, forward);
        int count = Math.max(0, Math.ceilDiv(stop - start, step));
        return start == 0 && step == 1 && count == n ? x : Slice.of(x, axis, start, step, count);
    }

    /** Python's rule: negative counts from the end, and what lies outside is moved to the nearest end. */
    private static int bound(JsonNode given, int n, int otherwise, boolean forward) {
        if (given.isMissingNode() || given.isNull()) {
            return otherwise;
        }
        int at = given.asInt() < 0 ? given.asInt() + n : given.asInt();
        return forward ? Math.clamp(at, 0, n) : Math.clamp(at, -1, n - 1);
    }

    /** (before, after) of the last dimension, then of the one before it, and so on; negative crops. */
    private static Tensor pad(Inputs in) {
        in.requireDefault("mode", "constant");
        var amounts = in.numbers("pad");
        double value = in.real("value", 0);
        var y = pad(in.x(), amounts);
        if (value == 0) {
            return y;
        }
        var inside = pad(in.x().device().full(1, in.x().shape()), amounts);
        return y.add(inside.affine(-value, value));
    }

    private static Tensor pad(Tensor x, int... amounts) {
        var y = x;
        for (int i = 0; 2 * i < amounts.length; i++) {
            int axis = x.rank() - 1 - i;
            int before = amounts[2 * i];
            int after = amounts[2 * i + 1];
            int from = Math.max(0, -before);
            int to = y.dim(axis) - Math.max(0, -after);
            y = from == 0 && to == y.dim(axis) ? y : y.slice(axis, from, to);
            y = before > 0 || after > 0 ? Pad.pad(y, axis, Math.max(0, before), Math.max(0, after)) : y;
        }
        return y;
    }
}
