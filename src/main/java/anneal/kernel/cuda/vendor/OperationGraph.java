package anneal.kernel.cuda.vendor;

import anneal.kernel.cuda.driver.DriverException;
import anneal.kernel.cuda.vendor.GraphDescriptor.NotSupported;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph of cuDNN's operations on tensors of four axes, and the plan that cuDNN makes of it. Numbers are those of
 * cudnn_graph.h. Sums and products are taken in float32.
 */
final class OperationGraph {
    static final int FLOAT = 0;
    static final int BFLOAT16 = 9;
    /** cudnnPointwiseMode_t. */
    static final int MUL = 1;
    static final int SUB = 9;
    static final int EXP = 13;
    static final int IDENTITY = 21;

    /** cudnnReduceTensorOp_t. */
    private static final int ADD = 0;
    /** Best guesses first, then what works at all: cudnnBackendHeurMode_t. */
    private static final int[] HEURISTICS = {3, 2};
    private static final int MOST_CONFIGURATIONS = 16;
    private static final long FIRST_VIRTUAL = 100;

    private final List<GraphDescriptor> made = new ArrayList<>();
    private final List<GraphDescriptor> operations = new ArrayList<>();
    private long virtual = FIRST_VIRTUAL;

    /** A descriptor that lives as long as this graph. */
    private GraphDescriptor make(int type, String what) throws NotSupported {
        var d = new GraphDescriptor(type, what);
        made.add(d);
        return d;
    }

    private GraphDescriptor tensor(long uid, int type, long[] dims, long[] strides) throws NotSupported {
        return make(17, "tensor " + uid).dataType(901, type).integers(902, dims).integers(903, strides).integers(906, uid)
                .integers(900, AttentionCall.ALIGNMENT);
    }

    /** One whose address an execution names. */
    GraphDescriptor real(long uid, int type, long[] dims, long... strides) throws NotSupported {
        return tensor(uid, type, dims, strides).done();
    }

    /** A float32 that an execution hands over by value, from the host. */
    GraphDescriptor number(long uid) throws NotSupported {
        return tensor(uid, FLOAT, new long[] {1, 1, 1, 1}, new long[] {1, 1, 1, 1}).yes(908).done();
    }

    /** One that stays on the chip. */
    GraphDescriptor between(int type, long[] dims, long... strides) throws NotSupported {
        return tensor(virtual++, type, dims, strides).yes(907).done();
    }

    void matmul(GraphDescriptor a, GraphDescriptor b, GraphDescriptor c) throws NotSupported {
        var how = make(18, "product").dataType(1500, FLOAT).done();
        operations.add(make(19, "product").descriptors(1520, a).descriptors(1521, b).descriptors(1522, c)
                .descriptors(1523, how).done());
    }

    /** @param b second operand, which may be broadcast; null for functions of one */
    void pointwise(int mode, GraphDescriptor x, GraphDescriptor b, GraphDescriptor y) throws NotSupported {
        var how = make(0, "function " + mode).pointwiseMode(0, mode).dataType(1, FLOAT).done();
        var operation = make(13, "function " + mode).descriptors(750, how).descriptors(751, x).descriptors(753, y);
        if (b != null) {
            operation.descriptors(752, b);
        }
        operations.add(operation.done());
    }

    /** Over the axes of which y has one element. */
    void sum(GraphDescriptor x, GraphDescriptor y) throws NotSupported {
        var how = make(21, "sum").reduction(1600, ADD).dataType(1601, FLOAT).done();
        operations.add(make(22, "sum").descriptors(1610, x).descriptors(1611, y).descriptors(1612, how).done());
    }

    /** The same numbers under y's extents and strides. */
    void reshape(GraphDescriptor x, GraphDescriptor y) throws NotSupported {
        operations.add(make(31, "reshape").descriptors(2200, x).descriptors(2201, y).done());
    }

    /** What a softmax within fused attention leaves: the logarithm of its denominator. */
    GraphDescriptor softmax(GraphDescriptor x, GraphDescriptor y, GraphDescriptor statistics) throws NotSupported {
        return make(45, "softmax").descriptors(3100, x).descriptors(3101, y).descriptors(3102, statistics).done();
    }

    /**
     * Fused attention, operation 41, since cuDNN 9.13.
     *
     * @param softmax    a {@link #softmax}, since cuDNN 9.21; null before
     * @param statistics its statistics before; null since
     */
    void attention(GraphDescriptor q, GraphDescriptor k, GraphDescriptor v, GraphDescriptor out, GraphDescriptor scale,
                   GraphDescriptor softmax, GraphDescriptor statistics) throws NotSupported {
        var operation = make(41, "attention").descriptors(2800, q).descriptors(2801, k).descriptors(2802, v)
                .descriptors(2803, out).descriptors(2805, scale);
        operations.add((softmax != null ? operation.descriptors(2814, softmax) : operation.descriptors(2804, statistics))
                .done());
    }

    /**
     * An execution plan, by the first configuration that cuDNN proposes and can build.
     *
     * @param handle address of cuDNN's
     * @throws NotSupported if there is none; the message is cuDNN's last
     */
    GraphDescriptor plan(long handle) throws NotSupported {
        var graph = make(15, "operation graph").handle(800, handle).descriptors(801,
                operations.toArray(GraphDescriptor[]::new)).done();
        var last = "cuDNN proposes no configuration";
        for (int mode : HEURISTICS) {
            try {
                var heuristics = make(4, "heuristics").descriptors(201, graph).heuristicMode(200, mode).done();
                var proposed = new GraphDescriptor[MOST_CONFIGURATIONS];
                for (int i = 0; i < proposed.length; i++) {
                    proposed[i] = make(3, "configuration");
                }
                int count = heuristics.fill(202, proposed);
                for (int i = 0; i < count; i++) {
                    try {
                        return make(5, "plan").handle(400, handle).descriptors(401, proposed[i]).done();
                    } catch (NotSupported | DriverException e) {
                        last = e.getMessage();
                    }
                }
            } catch (NotSupported e) {
                last = e.getMessage();
            }
        }
        throw new NotSupported(last);
    }

    void destroy() {
        made.reversed().forEach(GraphDescriptor::destroy);
    }
}
