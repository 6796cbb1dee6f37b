package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Plan;
import anneal.kernel.Qkv;
import java.util.Set;

/**
 * Attention in blocks of 64 queries by 128 keys with the online softmax ("FlashAttention", Algorithm 1). A block of
 * scores is kept transposed, a row for each key, so that a vector holds neighbouring queries: maxima, sums, masks and
 * the causal diagonal then need nothing that works across a vector, and keys and values are read where they lie.
 */
final class CpuAttention {
    static final int QUERIES = PANEL;
    static final int KEYS = 128;

    private final CpuContext context;

    CpuAttention(CpuContext context) {
        this.context = context;
    }

    Plan plan(AttentionSpec s) {
        double rows = 2.0 * s.n() * s.heads() * s.headDim();
        return new Plan("online softmax", 0, s.flops(), 4 * rows * (s.lengthQ() + s.lengthK()), Set.of());
    }

    void forward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp) {
        int blocks = (s.lengthQ() + QUERIES - 1) / QUERIES;
        context.threads().run(Math.multiplyExact(s.n() * s.heads(), blocks), (task, worker) ->
                new Forward(context, s, in, mask, task / blocks / s.heads(), task / blocks % s.heads(), worker)
                        .run(task % blocks * QUERIES, out, logSumExp));
    }

    void backward(AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient, Qkv gradients) {
        new AttentionGradient(context, s, in, mask, out, logSumExp, outGradient, gradients).run();
    }

    /** Address of a sample's mask from a key on, or 0. */
    static long visible(Buf mask, int sample, int key) {
        return mask == null ? 0 : mask.address() + sample * Output.pitch(mask) + 4L * key;
    }

    /** Key {@code key + j} is seen by query {@code query + i} if i plus this is at least j. */
    static int diagonal(AttentionSpec s, int query, int key) {
        return s.causal() ? query - key : Integer.MAX_VALUE / 2;
    }

    /** How many keys a block of queries may see at all. */
    static int lastKey(AttentionSpec s, int query, int queries) {
        return s.causal() ? Math.min(s.lengthK(), query + queries) : s.lengthK();
    }

    /** One head's forward pass over a block of queries. */
    private static final class Forward {
        private final CpuContext context;
        private final AttentionSpec s;
        private final Buf mask;
        private final int sample;
        private final int head;
        private final AttentionHead q;
        private final AttentionHead k;
        private final AttentionHead v;
        private final long resultRow;
        private final long queriesPanel;
        private final long scores;
        private final long state;
        private final long result;

        Forward(CpuContext context, AttentionSpec s, Qkv in, Buf mask, int sample, int head, int worker) {
            this.context = context;
            this.s = s;
            this.mask = mask;
            this.sample = sample;
            this.head = head;
            q = AttentionHead.of(in.q(), sample, s.lengthQ(), head, s.headStrideQ());
            k = AttentionHead.of(in.k(), sample, s.lengthK(), head, s.headStrideK());
            v = AttentionHead.of(in.v(), sample, s.lengthK(), head, s.headStrideV());
            resultRow = Native.align(4L * s.headDim());
            queriesPanel = context.threads().scratch(worker,
                    ROW * s.headDim() + ROW * KEYS + 3 * ROW + QUERIES * resultRow);
            scores = queriesPanel + ROW * s.headDim();
            state = scores + ROW * KEYS;
            result = state + 3 * ROW;
        }

        void run(int query, Buf out, Buf logSumExp) {
            int queries = Math.min(QUERIES, s.lengthQ() - query);
            context.lanes().panels().transpose(queries, s.headDim(), q.at(query), q.row(), queriesPanel, ROW);
            for (int i = 0; i < PANEL; i++) {
                Native.set(state + 4L * i, Float.NEGATIVE_INFINITY);
            }
            Native.clear(state + ROW, ROW);
            Native.clear(result, QUERIES * resultRow);
            int keys = lastKey(s, query, queries);
            for (int key = 0; key < keys; key += KEYS) {
                block(query, queries, key, Math.min(KEYS, keys - key));
            }
            store(query, queries, out, logSumExp);
        }

        private void block(int query, int queries, int key, int keys) {
            var tiles = context.lanes().tiles();
            tiles.multiply(keys, queries, 1, s.headDim(), k.at(key), 0, k.row(), 4, queriesPanel, 0, ROW,
                    scores, ROW, false);
            context.lanes().scores().softmax(keys, queries, scores, (float) s.scale(), visible(mask, sample, key),
                    diagonal(s, query, key), state);
            if (key > 0) {
                context.lanes().panels().scaleRows(queries, s.headDim(), result, resultRow, state + 2 * ROW);
            }
            for (int d = 0; d < s.headDim(); d += PANEL) {
                tiles.multiply(queries, Math.min(PANEL, s.headDim() - d), 1, keys, scores, 0, 4, ROW,
                        v.at(key) + 4L * d, 0, v.row(), result + 4L * d, resultRow, key > 0);
            }
        }

        private void store(int query, int queries, Buf out, Buf logSumExp) {
            long line = (long) sample * s.heads() + head;
            for (int i = 0; i < queries; i++) {
                float max = Native.get(state + 4L * i);
                float sum = Native.get(state + ROW + 4L * i);
                // a query that sees no key has sum 0: its result is 0
                Native.set(state + 2 * ROW + 4L * i, sum == 0 ? 0 : 1 / sum);
                Native.set(logSumExp.address() + line * Output.pitch(logSumExp) + 4L * (query + i),
                        max + PolyMath.log(sum));
            }
            var panels = context.lanes().panels();
            panels.scaleRows(queries, s.headDim(), result, resultRow, state + 2 * ROW);
            var to = AttentionHead.of(out, sample, s.lengthQ(), head, s.headStrideOut());
            panels.copy(queries, s.headDim(), result, resultRow, to.at(query), to.row());
        }
    }
}
