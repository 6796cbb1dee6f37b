package anneal.kernel.cuda.vendor;

import static anneal.kernel.cuda.vendor.OperationGraph.BFLOAT16;
import static anneal.kernel.cuda.vendor.OperationGraph.EXP;
import static anneal.kernel.cuda.vendor.OperationGraph.FLOAT;
import static anneal.kernel.cuda.vendor.OperationGraph.IDENTITY;
import static anneal.kernel.cuda.vendor.OperationGraph.MUL;
import static anneal.kernel.cuda.vendor.OperationGraph.SUB;

import anneal.kernel.cuda.vendor.AttentionCall.View;
import anneal.kernel.cuda.vendor.GraphDescriptor.NotSupported;

/**
 * Attention as cuDNN wants to be asked for it. Forward it is one operation; backward it is the graph of products,
 * differences and exponentials by which NVIDIA's cudnn-frontend asks for the fused kernel (its
 * CompositeSDPABackwardNode), tensor by tensor, for cuDNN recognises it by its shape. There is an operation for it too,
 * 43 since cuDNN 9.17, which that library does not use.
 */
final class AttentionGraph {
    /** By which an execution names the tensors. */
    static final int Q = 1;
    static final int K = 2;
    static final int V = 3;
    static final int OUT = 4;
    static final int STATISTICS = 5;
    static final int SCALE = 6;
    static final int ONE = 7;
    static final int OUT_GRADIENT = 8;
    static final int DQ = 9;
    static final int DK = 10;
    static final int DV = 11;
    /** Float32 memory of cuDNN's own that the graph has to name: out times its gradient by row, and dq before rounding. */
    static final int ROW_TERMS = 12;
    static final int DQ_SUM = 13;

    private final OperationGraph graph;
    private final AttentionCall call;
    private final long heads;
    private final long lengthQ;
    private final long lengthK;
    private final long d;

    AttentionGraph(OperationGraph graph, AttentionCall call) {
        this.graph = graph;
        this.call = call;
        heads = call.heads();
        lengthQ = call.lengthQ();
        lengthK = call.lengthK();
        d = call.headDim();
    }

    /** @param softmaxOperation whether statistics are asked for by a softmax of their own, as cuDNN 9.21 and newer want */
    void forward(boolean softmaxOperation) throws NotSupported {
        var q = rows(Q, call.q(), lengthQ);
        var k = rows(K, call.k(), lengthK);
        var v = rows(V, call.v(), lengthK);
        var out = rows(OUT, call.out(), lengthQ);
        var scale = graph.number(SCALE);
        var statistics = perRow(STATISTICS);
        var softmax = softmaxOperation ? graph.softmax(scores(FLOAT), scores(FLOAT), statistics) : null;
        graph.attention(q, k, v, out, scale, softmax, softmaxOperation ? null : statistics);
    }

    void backward() throws NotSupported {
        var q = rows(Q, call.q(), lengthQ);
        var kT = columns(K, call.k());
        var vT = columns(V, call.v());
        var out = rows(OUT, call.out(), lengthQ);
        var outGradient = rows(OUT_GRADIENT, call.outGradient(), lengthQ);
        var statistics = perRow(STATISTICS);
        var scale = graph.number(SCALE);

        // out times its gradient, summed by row; strides as cudnn-frontend gives them, which means nothing on the chip
        var product = graph.between(FLOAT, dims(lengthQ, d), heads * lengthQ * d, lengthQ * d, heads * d, 1);
        graph.pointwise(MUL, outGradient, out, product);
        var sums = graph.between(FLOAT, dims(lengthQ, 1), heads * lengthQ, lengthQ, 1, 1);
        graph.sum(product, sums);
        var rowTerms = perRow(ROW_TERMS);
        graph.pointwise(MUL, sums, graph.number(ONE), rowTerms);

        // the weights again
        var s = scores(FLOAT);
        graph.matmul(q, kT, s);
        var scaled = scores(FLOAT);
        graph.pointwise(MUL, s, scale, scaled);
        var shifted = scores(FLOAT);
        graph.pointwise(SUB, scaled, statistics, shifted);
        var weights = scores(FLOAT);
        graph.pointwise(EXP, shifted, null, weights);
        var weightsT = turned();
        graph.reshape(weights, weightsT);
        graph.matmul(weightsT, outGradient, rows(DV, call.dv(), lengthK));

        // their gradient, and the scores'
        var dWeights = scores(FLOAT);
        graph.matmul(outGradient, vT, dWeights);
        var centred = scores(FLOAT);
        graph.pointwise(SUB, dWeights, rowTerms, centred);
        var weighted = scores(FLOAT);
        graph.pointwise(MUL, centred, weights, weighted);
        var dScores = scores(FLOAT);
        graph.pointwise(MUL, weighted, scale, dScores);
        var dScoresT = turned();
        graph.reshape(dScores, dScoresT);
        graph.matmul(dScoresT, q, rows(DK, call.dk(), lengthK));
        var k = graph.between(BFLOAT16, dims(lengthK, d), call.k().sample(), call.k().head(), call.k().row(), 1);
        graph.reshape(kT, k);
        var dqSum = graph.real(DQ_SUM, FLOAT, dims(lengthQ, d), heads * lengthQ * d, lengthQ * d, d, 1);
        graph.matmul(dScores, k, dqSum);
        graph.pointwise(IDENTITY, dqSum, null, rows(DQ, call.dq(), lengthQ));
    }

    /** Bytes of {@link #ROW_TERMS} and of {@link #DQ_SUM}. */
    static long[] ownBytes(AttentionCall c) {
        long rows = (long) c.n() * c.heads() * c.lengthQ() * Float.BYTES;
        return new long[] {rows, rows * c.headDim()};
    }

    private long[] dims(long rows, long columns) {
        return new long[] {call.n(), heads, rows, columns};
    }

    private GraphDescriptor rows(int uid, View v, long length) throws NotSupported {
        return graph.real(uid, BFLOAT16, dims(length, d), v.sample(), v.head(), v.row(), 1);
    }

    /** The keys' or values' rows as columns. */
    private GraphDescriptor columns(int uid, View v) throws NotSupported {
        return graph.real(uid, BFLOAT16, dims(d, lengthK), v.sample(), v.head(), 1, v.row());
    }

    private GraphDescriptor perRow(int uid) throws NotSupported {
        return graph.real(uid, FLOAT, dims(lengthQ, 1), heads * lengthQ, lengthQ, 1, 1);
    }

    private GraphDescriptor scores(int type) throws NotSupported {
        return graph.between(type, dims(lengthQ, lengthK), heads * lengthQ * lengthK, lengthQ * lengthK, lengthK, 1);
    }

    /** Scores by key instead of by query, rounded for the products that follow. */
    private GraphDescriptor turned() throws NotSupported {
        return graph.between(BFLOAT16, dims(lengthK, lengthQ), heads * lengthQ * lengthK, lengthQ * lengthK, 1, lengthK);
    }
}
