package anneal.parity;

import anneal.kernel.Shape;
import anneal.parity.OpTable.Inputs;
import anneal.parity.OpTable.Operation;
import anneal.tensor.Attention;
import anneal.tensor.Device;
import anneal.tensor.Embedding;
import anneal.tensor.Linear;
import anneal.tensor.MatMul;
import anneal.tensor.Select;
import anneal.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/** Products of matrices, attention, linear layers and tables. */
final class MatrixOps {
    /** What a score becomes that may not be seen: its exponential is 0 in either precision. */
    private static final double UNSEEN = -1e30;

    private MatrixOps() {
    }

    static void addTo(Map<String, Operation> table) {
        table.put("matmul", MatrixOps::matmul);
        table.put("linear", in -> Linear.linear(in.x(), in.get("weight"), in.optional("bias")));
        table.put("embedding", MatrixOps::embedding);
        table.put("sdpa", MatrixOps::attention);
    }

    private static Tensor matmul(Inputs in) {
        return MatMul.matmul(in.get("a"), in.get("b"), in.flag("trans_a"), in.flag("trans_b"));
    }

    private static Tensor embedding(Inputs in) {
        var table = in.get("weight");
        var index = in.get("idx");
        var dims = Arrays.copyOf(index.shape().toArray(), index.rank() + 1);
        dims[index.rank()] = table.dim(1);
        return Embedding.embedding(table, index.reshape(Math.toIntExact(index.size()))).reshape(dims);
    }

    /** softmax(q k^T / sqrt(D)) v on [B, H, L, D]; in.mask: 1 = may be seen. */
    private static Tensor attention(Inputs in) {
        var q = in.get("q");
        var k = in.get("k");
        var v = in.get("v");
        var mask = in.optional("mask");
        var keys = mask == null ? null : keyMask(mask, q.dim(0), k.dim(2));
        if (mask != null && keys == null || !k.shape().equals(v.shape())) {
            return composedAttention(q, k, v, mask, in.flag("causal"));
        }
        int heads = q.dim(1);
        var y = Attention.attention(merged(q), merged(k), merged(v), heads, in.flag("causal"), keys);
        return y.reshape(q.dim(0), q.dim(2), heads, q.dim(3)).permute(0, 2, 1, 3);
    }

    /** [B, H, L, D] as [B, L, H D]. */
    private static Tensor merged(Tensor heads) {
        return heads.permute(0, 2, 1, 3).reshape(heads.dim(0), heads.dim(2), heads.dim(1) * heads.dim(3));
    }

    /** A mask that depends on sample and key only, as [B, L] of the float type; null if it is of another kind. */
    private static Tensor keyMask(Tensor mask, int samples, int keys) {
        if (mask.size() != (long) mask.dim(0) * keys || mask.dim(-1) != keys || mask.rank() < 2
                || mask.dim(0) != samples && mask.dim(0) != 1) {
            return null;
        }
        var values = floating(mask).reshape(mask.dim(0), keys);
        return mask.dim(0) == samples ? values : values.device().zeros(
                Shape.of(samples, keys)).add(values);
    }

    private static Tensor floating(Tensor mask) {
        return mask.device().of(mask.toDoubles(), mask.shape().toArray());
    }

    /** The definition, for masks that the attention kernels do not take. */
    private static Tensor composedAttention(Tensor q, Tensor k, Tensor v, Tensor mask, boolean causal) {
        var scores = MatMul.matmul(q, k, false, true).mul(1 / Math.sqrt(q.dim(-1)));
        var unseen = q.device().scalar(UNSEEN);
        if (mask != null) {
            scores = Select.where(floating(mask), scores, unseen);
        }
        if (causal) {
            scores = Select.where(lowerTriangle(q.device(), q.dim(2), k.dim(2)), scores, unseen);
        }
        return MatMul.matmul(scores.softmax(), v);
    }

    private static Tensor lowerTriangle(Device device, int rows, int columns) {
        var values = new double[rows * columns];
        for (int i = 0; i < rows; i++) {
            Arrays.fill(values, i * columns, i * columns + Math.min(i + 1, columns), 1);
        }
        return device.of(values, rows, columns);
    }
}
