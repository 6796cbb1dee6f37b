#include "attention.cuh"

// Attention with the online softmax ("FlashAttention", Algorithm 1), in float32 multiply-adds: for float32, and for
// bfloat16 what attention_mma.cu does not take. Blocks of 64 queries, or in the backward pass keys, by 64 or 32 of the
// other; scores never leave the chip. blockIdx.x counts samples, heads and blocks of rows, blockIdx.y pieces of 16 N
// of the result's columns, so that any head dimension works. The backward pass rebuilds the probabilities from the
// saved log-sum-exp (appendix B.2): dQ by blocks of queries, dK and dV by blocks of keys, so that no sum is shared.

enum { ATTENTION_THREADS = 256, ROWS = 64, SLICE = 32, LINE = ROWS + 4, ROW_TERM_WARPS = 4 };

/// Rows 4 y .. 4 y + 3 of a tile and columns beginning at x belong to a thread.
struct AttentionSeat {
    int x;
    int y;
};

DEVICE AttentionSeat seat() {
    return {static_cast<int>(threadIdx.x % 16), static_cast<int>(threadIdx.x / 16)};
}

/// The block's place: which head of which sample, and the first row of its tile.
struct AttentionTile {
    int sample;
    int head;
    int first;
    int rows;
    int column;    // first of the result's columns
    int columns;
};

DEVICE AttentionTile tile(const Attention& s, int length, int width) {
    int blocks = (length + ROWS - 1) / ROWS;
    int item = blockIdx.x / blocks;
    AttentionTile t;
    t.sample = item / s.heads;
    t.head = item % s.heads;
    t.first = blockIdx.x % blocks * ROWS;
    t.rows = min(static_cast<int>(ROWS), length - t.first);
    t.column = blockIdx.y * width;
    t.columns = min(width, s.headDim - t.column);
    return t;
}

/// `count` rows of a slice of 32 columns, turned: to[column][row], zeros outside.
template <int COUNT, typename T>
DEVICE void load_turned(const T* from, long long pitch, int rows, int columns, float* to) {
    for (int i = threadIdx.x; i < COUNT * SLICE; i += ATTENTION_THREADS) {
        int row = i / SLICE;
        int column = i % SLICE;
        to[column * LINE + row] = row < rows && column < columns ? to_float(from[row * pitch + column]) : 0.0f;
    }
}

/// acc[r][c] += a[4 y + r] . b[B x + c] for 64 rows of a and 16 B rows of b, slice by slice through `work`.
template <int B, typename T>
DEVICE void rows_product(const T* a, long long aPitch, int aRows, const T* b, long long bPitch, int bRows, int depth,
                         float* work, float (&acc)[4][B]) {
    float* left = work;
    float* right = work + SLICE * LINE;
    AttentionSeat at = seat();
    for (int d = 0; d < depth; d += SLICE) {
        sync_block();
        load_turned<ROWS>(a + d, aPitch, aRows, depth - d, left);
        load_turned<16 * B>(b + d, bPitch, bRows, depth - d, right);
        sync_block();
        int end = min(static_cast<int>(SLICE), depth - d);
        for (int k = 0; k < end; k++) {
            float4 l = load4<float>(left + k * LINE + 4 * at.y);
            float x[4] = {l.x, l.y, l.z, l.w};
            UNROLL for (int c = 0; c < B; c++) {
                float y = right[k * LINE + B * at.x + c];
                UNROLL for (int r = 0; r < 4; r++) {
                    acc[r][c] = fmaf(x[r], y, acc[r][c]);
                }
            }
        }
    }
}

/// acc[r][c] += sum over i of p[4 y + r][i] v[i][x + 16 c], for `COUNT` rows of v, slice by slice through `work`.
template <int COUNT, int N, typename T>
DEVICE void weighted_rows(const float* p, const T* v, long long pitch, int rows, int columns, float* work,
                          float (&acc)[4][N]) {
    AttentionSeat at = seat();
    for (int first = 0; first < COUNT; first += SLICE) {
        sync_block();
        for (int i = threadIdx.x; i < SLICE * 16 * N; i += ATTENTION_THREADS) {
            int row = first + i / (16 * N);
            int column = i % (16 * N);
            work[i] = row < rows && column < columns ? to_float(v[row * pitch + column]) : 0.0f;
        }
        sync_block();
        int end = min(static_cast<int>(SLICE), rows - first);
        for (int k = 0; k < end; k++) {
            float weight[4];
            UNROLL for (int r = 0; r < 4; r++) {
                weight[r] = p[(4 * at.y + r) * (COUNT + 1) + first + k];
            }
            UNROLL for (int c = 0; c < N; c++) {
                float value = work[k * 16 * N + at.x + 16 * c];
                UNROLL for (int r = 0; r < 4; r++) {
                    acc[r][c] = fmaf(weight[r], value, acc[r][c]);
                }
            }
        }
    }
}

template <int N, typename T>
DEVICE void store_rows(const AttentionTile& t, T* to, long long pitch, const float (&acc)[4][N]) {
    AttentionSeat at = seat();
    for (int r = 0; r < 4; r++) {
        for (int c = 0; c < N; c++) {
            if (4 * at.y + r < t.rows && at.x + 16 * c < t.columns) {
                to[(4 * at.y + r) * pitch + t.column + at.x + 16 * c] = from_float<T>(acc[r][c]);
            }
        }
    }
}

/// Maximum or sum over the 16 threads of a row.
DEVICE float row_max(float v) {
    UNROLL for (int mask = 8; mask > 0; mask /= 2) {
        v = fmaxf(v, shuffle_xor(v, mask));
    }
    return v;
}

DEVICE float row_sum(float v) {
    UNROLL for (int mask = 8; mask > 0; mask /= 2) {
        v += shuffle_xor(v, mask);
    }
    return v;
}

template <int N, typename T>
DEVICE void attention_forward(const Attention& s) {
    SHARED(float, work, [2 * SLICE * LINE]);
    SHARED(float, p, [ROWS * (ROWS + 1)]);
    AttentionTile t = tile(s, s.lengthQ, 16 * N);
    AttentionSeat at = seat();
    const T* q = head_rows<T>(s.q, t.sample, t.head, t.first);
    float result[4][N] = {};
    float largest[4];
    float sum[4] = {};
    for (int r = 0; r < 4; r++) {
        largest[r] = -INFINITY;
    }
    int end = s.causal ? min(s.lengthK, t.first + t.rows) : s.lengthK;
    for (int key = 0; key < end; key += ROWS) {
        int keys = min(static_cast<int>(ROWS), s.lengthK - key);
        float scores[4][4] = {};
        rows_product<4>(q, s.q.pitch, t.rows, head_rows<T>(s.k, t.sample, t.head, key), s.k.pitch, keys, s.headDim,
                        work, scores);
        UNROLL for (int r = 0; r < 4; r++) {
            float top = -INFINITY;
            UNROLL for (int c = 0; c < 4; c++) {
                bool seen = sees(s, t.sample, t.first + 4 * at.y + r, key + 4 * at.x + c);
                scores[r][c] = seen ? scores[r][c] * s.scale : -INFINITY;
                top = fmaxf(top, scores[r][c]);
            }
            top = fmaxf(largest[r], row_max(top));
            float shrink = top == -INFINITY ? 1 : exp_(largest[r] - top);
            largest[r] = top;
            float part = 0;
            UNROLL for (int c = 0; c < 4; c++) {
                float e = scores[r][c] == -INFINITY ? 0 : exp_(scores[r][c] - top);
                p[(4 * at.y + r) * (ROWS + 1) + 4 * at.x + c] = e;
                part += e;
            }
            sum[r] = fmaf(sum[r], shrink, row_sum(part));
            UNROLL for (int c = 0; c < N; c++) {
                result[r][c] *= shrink;
            }
        }
        weighted_rows<ROWS>(p, head_rows<T>(s.v, t.sample, t.head, key) + t.column, s.v.pitch, keys, t.columns, work,
                            result);
    }
    UNROLL for (int r = 0; r < 4; r++) {
        // a query that sees no key gives zeros
        float factor = sum[r] == 0 ? 0 : 1 / sum[r];
        UNROLL for (int c = 0; c < N; c++) {
            result[r][c] *= factor;
        }
        if (blockIdx.y == 0 && at.x == 0 && 4 * at.y + r < t.rows) {
            s.logSumExp.set(static_cast<long long>(t.sample) * s.heads + t.head, t.first + 4 * at.y + r,
                            sum[r] == 0 ? -INFINITY : largest[r] + log_(sum[r]));
        }
    }
    store_rows(t, head_rows<T>(s.out, t.sample, t.head, t.first), s.out.pitch, result);
}

/// A warp for 32 rows of out, which it reads in slices of 32 columns; a lane then adds up one row in the order of
/// rows_product. So a query that sees a single key, whose row of out is that key's value, has gradients of exactly 0.
template <typename T>
DEVICE void attention_row_terms(const Attention& s, const AttentionGradients& g, long long rows) {
    SHARED(float, outs, [ROW_TERM_WARPS][32][33]);
    SHARED(float, gradients, [ROW_TERM_WARPS][32][33]);
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    long long first = (static_cast<long long>(blockIdx.x) * ROW_TERM_WARPS + warp) * 32;
    int count = static_cast<int>(min(32LL, max(0LL, rows - first)));
    float sum = 0;
    for (int d = 0; d < s.headDim; d += 32) {
        sync_warp();
        for (int i = 0; i < count && d + lane < s.headDim; i++) {
            long long row = first + i;
            int query = static_cast<int>(row % s.lengthQ);
            int head = static_cast<int>(row / s.lengthQ % s.heads);
            int sample = static_cast<int>(row / s.lengthQ / s.heads);
            outs[warp][i][lane] = to_float(head_rows<T>(s.out, sample, head, query)[d + lane]);
            gradients[warp][i][lane] = to_float(head_rows<T>(g.dOut, sample, head, query)[d + lane]);
        }
        sync_warp();
        for (int i = 0; lane < count && i < min(32, s.headDim - d); i++) {
            sum = fmaf(gradients[warp][lane][i], outs[warp][lane][i], sum);
        }
    }
    if (lane < count) {
        g.rowTerms[first + lane] = sum;
    }
}

/// The probability of a key and the gradient of its score.
struct Link {
    float probability;
    float dScore;
};

DEVICE Link link(const Attention& s, int sample, int query, int key, float score, float dProbability, float logSumExp,
                 float rowTerm) {
    float p = query < s.lengthQ && sees(s, sample, query, key) ? exp_(fmaf(score, s.scale, -logSumExp)) : 0;
    return {p, p * (dProbability - rowTerm) * s.scale};
}

template <int N, typename T>
DEVICE void attention_gradient_queries(const Attention& s, const AttentionGradients& g) {
    SHARED(float, work, [2 * SLICE * LINE]);
    SHARED(float, dScores, [ROWS * (ROWS + 1)]);
    AttentionTile t = tile(s, s.lengthQ, 16 * N);
    AttentionSeat at = seat();
    long long line = static_cast<long long>(t.sample) * s.heads + t.head;
    const T* q = head_rows<T>(s.q, t.sample, t.head, t.first);
    const T* dOut = head_rows<T>(g.dOut, t.sample, t.head, t.first);
    float result[4][N] = {};
    float logSumExp[4] = {};
    float rowTerm[4] = {};
    for (int r = 0; r < 4; r++) {
        if (4 * at.y + r < t.rows) {
            logSumExp[r] = s.logSumExp.at(line, t.first + 4 * at.y + r);
            rowTerm[r] = g.rowTerms[line * s.lengthQ + t.first + 4 * at.y + r];
        }
    }
    int end = s.causal ? min(s.lengthK, t.first + t.rows) : s.lengthK;
    for (int key = 0; key < end; key += ROWS) {
        int keys = min(static_cast<int>(ROWS), s.lengthK - key);
        const T* k = head_rows<T>(s.k, t.sample, t.head, key);
        const T* v = head_rows<T>(s.v, t.sample, t.head, key);
        float scores[4][4] = {};
        float dProbabilities[4][4] = {};
        rows_product<4>(q, s.q.pitch, t.rows, k, s.k.pitch, keys, s.headDim, work, scores);
        rows_product<4>(dOut, g.dOut.pitch, t.rows, v, s.v.pitch, keys, s.headDim, work, dProbabilities);
        UNROLL for (int r = 0; r < 4; r++) {
            UNROLL for (int c = 0; c < 4; c++) {
                dScores[(4 * at.y + r) * (ROWS + 1) + 4 * at.x + c] =
                        link(s, t.sample, t.first + 4 * at.y + r, key + 4 * at.x + c, scores[r][c],
                             dProbabilities[r][c], logSumExp[r], rowTerm[r]).dScore;
            }
        }
        weighted_rows<ROWS>(dScores, k + t.column, s.k.pitch, keys, t.columns, work, result);
    }
    store_rows(t, head_rows<T>(g.dQ, t.sample, t.head, t.first), g.dQ.pitch, result);
}

template <int N, typename T>
DEVICE void attention_gradient_keys(const Attention& s, const AttentionGradients& g) {
    SHARED(float, work, [2 * SLICE * LINE]);
    SHARED(float, probabilities, [ROWS * (SLICE + 1)]);
    SHARED(float, dScores, [ROWS * (SLICE + 1)]);
    AttentionTile t = tile(s, s.lengthK, 16 * N);
    AttentionSeat at = seat();
    long long line = static_cast<long long>(t.sample) * s.heads + t.head;
    const T* k = head_rows<T>(s.k, t.sample, t.head, t.first);
    const T* v = head_rows<T>(s.v, t.sample, t.head, t.first);
    float dK[4][N] = {};
    float dV[4][N] = {};
    for (int query = s.causal ? t.first / SLICE * SLICE : 0; query < s.lengthQ; query += SLICE) {
        int queries = min(static_cast<int>(SLICE), s.lengthQ - query);
        const T* q = head_rows<T>(s.q, t.sample, t.head, query);
        const T* dOut = head_rows<T>(g.dOut, t.sample, t.head, query);
        float scores[4][2] = {};
        float dProbabilities[4][2] = {};
        rows_product<2>(k, s.k.pitch, t.rows, q, s.q.pitch, queries, s.headDim, work, scores);
        rows_product<2>(v, s.v.pitch, t.rows, dOut, g.dOut.pitch, queries, s.headDim, work, dProbabilities);
        UNROLL for (int c = 0; c < 2; c++) {
            int i = query + 2 * at.x + c;
            float logSumExp = i < s.lengthQ ? s.logSumExp.at(line, i) : 0;
            float rowTerm = i < s.lengthQ ? g.rowTerms[line * s.lengthQ + i] : 0;
            UNROLL for (int r = 0; r < 4; r++) {
                Link l = link(s, t.sample, i, t.first + 4 * at.y + r, scores[r][c], dProbabilities[r][c], logSumExp,
                              rowTerm);
                probabilities[(4 * at.y + r) * (SLICE + 1) + 2 * at.x + c] = l.probability;
                dScores[(4 * at.y + r) * (SLICE + 1) + 2 * at.x + c] = l.dScore;
            }
        }
        weighted_rows<SLICE>(probabilities, dOut + t.column, g.dOut.pitch, queries, t.columns, work, dV);
        weighted_rows<SLICE>(dScores, q + t.column, s.q.pitch, queries, t.columns, work, dK);
    }
    store_rows(t, head_rows<T>(g.dK, t.sample, t.head, t.first), g.dK.pitch, dK);
    store_rows(t, head_rows<T>(g.dV, t.sample, t.head, t.first), g.dV.pitch, dV);
}

#define ATTENTION_KERNELS(T, suffix, N, width)                                                                       \
    KERNEL_BOUNDS(attention_d##width##suffix, ATTENTION_THREADS, 1, (Attention s)) {                                 \
        attention_forward<N, T>(s);                                                                                  \
    }                                                                                                                \
    KERNEL_BOUNDS(attention_gradient_queries_d##width##suffix, ATTENTION_THREADS, 1,                                 \
                  (Attention s, AttentionGradients g)) {                                                             \
        attention_gradient_queries<N, T>(s, g);                                                                      \
    }                                                                                                                \
    KERNEL_BOUNDS(attention_gradient_keys_d##width##suffix, ATTENTION_THREADS, 1,                                    \
                  (Attention s, AttentionGradients g)) {                                                             \
        attention_gradient_keys<N, T>(s, g);                                                                         \
    }

#define ATTENTION_ROW_KERNEL(T, suffix)                                                                              \
    KERNEL_BOUNDS(attention_row_terms##suffix, 32 * ROW_TERM_WARPS, 1,                                               \
                  (Attention s, AttentionGradients g, long long rows)) {                                             \
        attention_row_terms<T>(s, g, rows);                                                                          \
    }

ATTENTION_KERNELS(float, _f32, 2, 32)
ATTENTION_KERNELS(float, _f32, 4, 64)
ATTENTION_KERNELS(float, _f32, 8, 128)
ATTENTION_KERNELS(bf16, _bf16, 2, 32)
ATTENTION_KERNELS(bf16, _bf16, 4, 64)
ATTENTION_KERNELS(bf16, _bf16, 8, 128)
ATTENTION_ROW_KERNEL(float, _f32)
ATTENTION_ROW_KERNEL(bf16, _bf16)
