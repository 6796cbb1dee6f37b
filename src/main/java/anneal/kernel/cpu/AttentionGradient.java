package anneal.kernel.cpu;

import static anneal.kernel.cpu.CpuAttention.KEYS;
import static anneal.kernel.cpu.CpuAttention.QUERIES;
import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

import anneal.kernel.AttentionSpec;
import anneal.kernel.Buf;
import anneal.kernel.Qkv;

/**
 * The backward pass of attention ("FlashAttention", Algorithm 4): probabilities are made again from the saved
 * logSumExp, block by block. With many heads a task is a head; with few, first blocks of queries and then blocks of
 * keys are the tasks, at the price of making the scores twice. Every sum runs in the same order both ways.
 */
final class AttentionGradient {
    /** From so many heads and samples on, they alone make enough tasks. */
    private static final int MANY_HEADS = 16;

    private final CpuContext context;
    private final AttentionSpec s;
    private final Qkv in;
    private final Buf mask;
    private final Buf out;
    private final Buf logSumExp;
    private final Buf outGradient;
    private final Qkv gradients;

    AttentionGradient(CpuContext context, AttentionSpec s, Qkv in, Buf mask, Buf out, Buf logSumExp, Buf outGradient,
                      Qkv gradients) {
        this.context = context;
        this.s = s;
        this.in = in;
        this.mask = mask;
        this.out = out;
        this.logSumExp = logSumExp;
        this.outGradient = outGradient;
        this.gradients = gradients;
    }

    void run() {
        int heads = s.n() * s.heads();
        if (heads >= MANY_HEADS) {
            context.threads().run(heads, (task, worker) -> new Head(task, worker).everything());
            return;
        }
        int queryBlocks = (s.lengthQ() + QUERIES - 1) / QUERIES;
        int keyBlocks = (s.lengthK() + KEYS - 1) / KEYS;
        context.threads().run(heads * queryBlocks, (task, worker) ->
                new Head(task / queryBlocks, worker).queryGradients(task % queryBlocks * QUERIES));
        context.threads().run(heads * keyBlocks, (task, worker) ->
                new Head(task / keyBlocks, worker).keyGradients(task % keyBlocks * KEYS));
    }

    /** One head of one sample, with the scratch memory of one worker. */
    private final class Head {
        private final int sample;
        private final int head;
        private final AttentionHead q;
        private final AttentionHead k;
        private final AttentionHead v;
        private final AttentionHead o;
        private final AttentionHead dO;
        private final AttentionHead dQ;
        private final AttentionHead dK;
        private final AttentionHead dV;
        private final long queryPanel;
        private final long gradientPanel;
        private final long scores;
        private final long scoreGradients;
        private final long denominators;
        private final long delta;

        Head(int number, int worker) {
            sample = number / s.heads();
            head = number % s.heads();
            q = AttentionHead.of(in.q(), sample, s.lengthQ(), head, s.headStrideQ());
            k = AttentionHead.of(in.k(), sample, s.lengthK(), head, s.headStrideK());
            v = AttentionHead.of(in.v(), sample, s.lengthK(), head, s.headStrideV());
            o = AttentionHead.of(out, sample, s.lengthQ(), head, s.headStrideOut());
            dO = AttentionHead.of(outGradient, sample, s.lengthQ(), head, s.headStrideOut());
            dQ = AttentionHead.of(gradients.q(), sample, s.lengthQ(), head, s.headStrideQ());
            dK = AttentionHead.of(gradients.k(), sample, s.lengthK(), head, s.headStrideK());
            dV = AttentionHead.of(gradients.v(), sample, s.lengthK(), head, s.headStrideV());
            long panel = ROW * s.headDim();
            queryPanel = context.threads().scratch(worker, 3 * panel + (2 * KEYS + 2) * ROW);
            gradientPanel = queryPanel + panel;
            scores = gradientPanel + panel;
            scoreGradients = scores + ROW * KEYS;
            denominators = scoreGradients + ROW * KEYS;
            delta = denominators + ROW;
        }

        void everything() {
            clear(dK, s.lengthK());
            clear(dV, s.lengthK());
            clear(dQ, s.lengthQ());
            for (int query = 0; query < s.lengthQ(); query += QUERIES) {
                int queries = prepare(query);
                int last = CpuAttention.lastKey(s, query, queries);
                for (int key = 0; key < last; key += KEYS) {
                    int keys = scores(query, queries, key);
                    addToKeys(query, queries, key, keys);
                    addToQueries(query, queries, key, keys);
                }
            }
        }

        void queryGradients(int query) {
            int queries = prepare(query);
            for (int i = 0; i < queries; i++) {
                Native.clear(dQ.at(query + i), 4L * s.headDim());
            }
            int last = CpuAttention.lastKey(s, query, queries);
            for (int key = 0; key < last; key += KEYS) {
                addToQueries(query, queries, key, scores(query, queries, key));
            }
        }

        void keyGradients(int key) {
            for (int j = key; j < Math.min(s.lengthK(), key + KEYS); j++) {
                Native.clear(dK.at(j), 4L * s.headDim());
                Native.clear(dV.at(j), 4L * s.headDim());
            }
            for (int query = 0; query < s.lengthQ(); query += QUERIES) {
                int queries = Math.min(QUERIES, s.lengthQ() - query);
                if (CpuAttention.lastKey(s, query, queries) > key) {
                    prepare(query);
                    addToKeys(query, queries, key, scores(query, queries, key));
                }
            }
        }

        private void clear(AttentionHead rows, int length) {
            for (int i = 0; i < length; i++) {
                Native.clear(rows.at(i), 4L * s.headDim());
            }
        }

        /** Turns a block of queries and of output gradients, and forms each query's inner product of O and dO. */
        private int prepare(int query) {
            int queries = Math.min(QUERIES, s.lengthQ() - query);
            var panels = context.lanes().panels();
            panels.transpose(queries, s.headDim(), q.at(query), q.row(), queryPanel, ROW);
            panels.transpose(queries, s.headDim(), dO.at(query), dO.row(), gradientPanel, ROW);
            long turned = delta + ROW;
            panels.transpose(queries, s.headDim(), o.at(query), o.row(), turned, ROW);
            context.lanes().scores().innerProducts(s.headDim(), queries, turned, gradientPanel, delta);
            long line = ((long) sample * s.heads() + head) * Output.pitch(logSumExp);
            for (int i = 0; i < queries; i++) {
                float value = Native.get(logSumExp.address() + line + 4L * (query + i));
                // a query that sees nothing: any finite number makes its probabilities exp(-infinity) = 0
                Native.set(denominators + 4L * i, value == Float.NEGATIVE_INFINITY ? 0 : value);
            }
            return queries;
        }

        /** Probabilities and score gradients of a block; returns its number of keys. */
        private int scores(int query, int queries, int key) {
            int keys = Math.min(KEYS, CpuAttention.lastKey(s, query, queries) - key);
            var tiles = context.lanes().tiles();
            tiles.multiply(keys, queries, 1, s.headDim(), k.at(key), 0, k.row(), 4, queryPanel, 0, ROW,
                    scores, ROW, false);
            tiles.multiply(keys, queries, 1, s.headDim(), v.at(key), 0, v.row(), 4, gradientPanel, 0, ROW,
                    scoreGradients, ROW, false);
            context.lanes().scores().softmaxGradient(keys, queries, scores, scoreGradients, (float) s.scale(),
                    CpuAttention.visible(mask, sample, key), CpuAttention.diagonal(s, query, key),
                    denominators, delta);
            return keys;
        }

        private void addToKeys(int query, int queries, int key, int keys) {
            for (int d = 0; d < s.headDim(); d += PANEL) {
                int cols = Math.min(PANEL, s.headDim() - d);
                var tiles = context.lanes().tiles();
                tiles.multiply(keys, cols, 1, queries, scores, 0, ROW, 4, dO.at(query) + 4L * d, 0, dO.row(),
                        dV.at(key) + 4L * d, dV.row(), true);
                tiles.multiply(keys, cols, 1, queries, scoreGradients, 0, ROW, 4, q.at(query) + 4L * d, 0, q.row(),
                        dK.at(key) + 4L * d, dK.row(), true);
            }
        }

        private void addToQueries(int query, int queries, int key, int keys) {
            for (int d = 0; d < s.headDim(); d += PANEL) {
                context.lanes().tiles().multiply(queries, Math.min(PANEL, s.headDim() - d), 1, keys,
                        scoreGradients, 0, 4, ROW, k.at(key) + 4L * d, 0, k.row(),
                        dQ.at(query) + 4L * d, dQ.row(), true);
            }
        }
    }
}
