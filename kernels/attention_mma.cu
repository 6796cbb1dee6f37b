#include "attention.cuh"

// Attention on tensor cores for bfloat16 rows on 16-byte boundaries ("FlashAttention-2", Algorithms 1 and 2). Four
// warps with 16 rows each; a warp's scores become the left operand of the next product in its registers (the fragment
// of a result has the layout of a left operand's halves). While one operand is multiplied the other one's next tile is
// on its way. Head dimensions up to D are filled up with zeros. The backward pass has a kernel for dQ and one for dK
// and dV.

enum { MMA_THREADS = 128, MMA_ROWS = 64, BACKWARD_ROWS = 32 };

/// Elements from row to row of a tile in shared memory: ldmatrix then meets every bank once.
template <int D>
struct Pitch {
    enum { value = D + 8 };
};

DEVICE int lane() {
    return threadIdx.x % 32;
}

/// First row of this warp in the block's tile.
DEVICE int warp_row() {
    return threadIdx.x / 32 * 16;
}

/// Starts the copy of `COUNT` rows; zeros beyond `rows` and beyond the head's columns.
template <int D, int COUNT>
DEVICE void fetch(bf16* to, const bf16* from, long long pitch, int rows, int columns) {
    for (int i = threadIdx.x; i < COUNT * D / 8; i += MMA_THREADS) {
        int row = i / (D / 8);
        int column = i % (D / 8) * 8;
        bool valid = row < rows && column < columns;
        copy_async_16(to + row * Pitch<D>::value + column, valid ? from + row * pitch + column : from, valid);
    }
}

/// Left operands: this warp's 16 rows, 16 columns at a time.
template <int D>
DEVICE void load_rows(uint32_t (&a)[D / 16][4], const bf16* rows) {
    UNROLL for (int k = 0; k < D / 16; k++) {
        ldmatrix_x4(a[k], rows + (warp_row() + lane() % 16) * Pitch<D>::value + 16 * k + lane() / 16 * 8);
    }
}

/// Rows of a tile, through shared memory into registers.
template <int D>
DEVICE void fetch_rows(uint32_t (&a)[D / 16][4], bf16* through, const bf16* from, long long pitch, int rows,
                       int columns) {
    fetch<D, MMA_ROWS>(through, from, pitch, rows, columns);
    copy_async_commit();
    copy_async_wait<0>();
    sync_block();
    load_rows<D>(a, through);
    sync_block();
}

/// acc += a b^T for one slice of 16 columns of a and 8 N rows b.
template <int D, int N>
DEVICE void multiply_slice(float (&acc)[N][4], const uint32_t (&a)[4], const bf16* b, int k) {
    UNROLL for (int n = 0; n < N / 2; n++) {
        uint32_t r[4];
        ldmatrix_x4(r, b + (16 * n + lane() % 8 + lane() / 16 * 8) * Pitch<D>::value + 16 * k + lane() / 8 % 2 * 8);
        uint32_t even[2] = {r[0], r[1]};
        uint32_t odd[2] = {r[2], r[3]};
        mma_bf16(acc[2 * n], a, even);
        mma_bf16(acc[2 * n + 1], a, odd);
    }
}

template <int D, int N>
DEVICE void multiply_rows(float (&acc)[N][4], const uint32_t (&a)[D / 16][4], const bf16* b) {
    UNROLL for (int k = 0; k < D / 16; k++) {
        multiply_slice<D, N>(acc, a[k], b, k);
    }
}

/// As multiply_rows, with the left operand in shared memory.
template <int D, int N>
DEVICE void multiply_shared(float (&acc)[N][4], const bf16* a, const bf16* b) {
    UNROLL for (int k = 0; k < D / 16; k++) {
        uint32_t slice[4];
        ldmatrix_x4(slice, a + (warp_row() + lane() % 16) * Pitch<D>::value + 16 * k + lane() / 16 * 8);
        multiply_slice<D, N>(acc, slice, b, k);
    }
}

/// Results [16][8 N], rounded, as left operands of a product over their 8 N columns.
template <int N>
DEVICE void to_operand(uint32_t (&a)[N / 2][4], const float (&c)[N][4]) {
    UNROLL for (int k = 0; k < N / 2; k++) {
        a[k][0] = pack_bf16(c[2 * k][0], c[2 * k][1]);
        a[k][1] = pack_bf16(c[2 * k][2], c[2 * k][3]);
        a[k][2] = pack_bf16(c[2 * k + 1][0], c[2 * k + 1][1]);
        a[k][3] = pack_bf16(c[2 * k + 1][2], c[2 * k + 1][3]);
    }
}

/// acc += p v for 16 K rows v of D columns.
template <int D, int K>
DEVICE void weigh(float (&acc)[D / 8][4], const uint32_t (&p)[K][4], const bf16* v) {
    UNROLL for (int k = 0; k < K; k++) {
        UNROLL for (int n = 0; n < D / 16; n++) {
            uint32_t r[4];
            ldmatrix_x4_trans(r, v + (16 * k + lane() % 16) * Pitch<D>::value + 16 * n + lane() / 16 * 8);
            uint32_t even[2] = {r[0], r[1]};
            uint32_t odd[2] = {r[2], r[3]};
            mma_bf16(acc[2 * n], p[k], even);
            mma_bf16(acc[2 * n + 1], p[k], odd);
        }
    }
}

/// Rows lane / 4 and lane / 4 + 8 of the warp's tile are this thread's.
template <int D>
DEVICE void store_tile(bf16* to, long long pitch, int rows, int columns, const float (&acc)[D / 8][4]) {
    for (int half = 0; half < 2; half++) {
        int row = warp_row() + lane() / 4 + 8 * half;
        UNROLL for (int n = 0; n < D / 8; n++) {
            int column = 8 * n + 2 * (lane() % 4);
            if (row < rows && column < columns) {
                *reinterpret_cast<uint32_t*>(to + row * pitch + column) =
                        pack_bf16(acc[n][2 * half], acc[n][2 * half + 1]);
            }
        }
    }
}

/// Which head of which sample, and the first row of the block's tile.
struct MmaTile {
    int sample;
    int head;
    int first;
    int rows;
};

DEVICE MmaTile mma_tile(const Attention& s, int length) {
    int blocks = (length + MMA_ROWS - 1) / MMA_ROWS;
    int item = blockIdx.x / blocks;
    int first = blockIdx.x % blocks * MMA_ROWS;
    return {item / s.heads, item % s.heads, first, min(static_cast<int>(MMA_ROWS), length - first)};
}

/// Over the four threads of a row.
DEVICE float quad_max(float v) {
    v = fmaxf(v, shuffle_xor(v, 1));
    return fmaxf(v, shuffle_xor(v, 2));
}

DEVICE float quad_sum(float v) {
    v += shuffle_xor(v, 1);
    return v + shuffle_xor(v, 2);
}

/// Scores to probabilities of a tile of keys, and what the sums so far must be multiplied with.
template <int N>
DEVICE void soften(const Attention& s, const MmaTile& t, int key, float (&scores)[N][4], float (&largest)[2],
                   float (&sum)[2], float (&shrink)[2]) {
    for (int half = 0; half < 2; half++) {
        int query = t.first + warp_row() + lane() / 4 + 8 * half;
        float top = -INFINITY;
        UNROLL for (int n = 0; n < N; n++) {
            UNROLL for (int c = 0; c < 2; c++) {
                float& score = scores[n][2 * half + c];
                score = sees(s, t.sample, query, key + 8 * n + 2 * (lane() % 4) + c) ? score * s.scale : -INFINITY;
                top = fmaxf(top, score);
            }
        }
        top = fmaxf(largest[half], quad_max(top));
        shrink[half] = top == -INFINITY ? 1 : fast_exp(largest[half] - top);
        largest[half] = top;
        float part = 0;
        UNROLL for (int n = 0; n < N; n++) {
            UNROLL for (int c = 0; c < 2; c++) {
                float& score = scores[n][2 * half + c];
                score = score == -INFINITY ? 0 : fast_exp(score - top);
                part += score;
            }
        }
        sum[half] = fmaf(sum[half], shrink[half], quad_sum(part));
    }
}

template <int D>
DEVICE void scale_rows(float (&acc)[D / 8][4], const float (&factor)[2]) {
    UNROLL for (int n = 0; n < D / 8; n++) {
        UNROLL for (int i = 0; i < 4; i++) {
            acc[n][i] *= factor[i / 2];
        }
    }
}

template <int D>
DEVICE void attention_mma(const Attention& s) {
    SHARED(bf16, keys, [MMA_ROWS * Pitch<D>::value]);
    SHARED(bf16, values, [MMA_ROWS * Pitch<D>::value]);
    MmaTile t = mma_tile(s, s.lengthQ);
    const bf16* k = head_rows<bf16>(s.k, t.sample, t.head, 0);
    const bf16* v = head_rows<bf16>(s.v, t.sample, t.head, 0);
    uint32_t q[D / 16][4];
    fetch_rows<D>(q, values, head_rows<bf16>(s.q, t.sample, t.head, t.first), s.q.pitch, t.rows, s.headDim);
    float result[D / 8][4] = {};
    float largest[2] = {-INFINITY, -INFINITY};
    float sum[2] = {};
    int end = s.causal ? min(s.lengthK, t.first + t.rows) : s.lengthK;
    fetch<D, MMA_ROWS>(keys, k, s.k.pitch, s.lengthK, s.headDim);
    copy_async_commit();
    for (int key = 0; key < end; key += MMA_ROWS) {
        fetch<D, MMA_ROWS>(values, v + key * s.v.pitch, s.v.pitch, s.lengthK - key, s.headDim);
        copy_async_commit();
        copy_async_wait<1>();
        sync_block();
        float scores[MMA_ROWS / 8][4] = {};
        multiply_rows<D>(scores, q, keys);
        sync_block();
        int next = key + MMA_ROWS;
        if (next < end) {
            fetch<D, MMA_ROWS>(keys, k + next * s.k.pitch, s.k.pitch, s.lengthK - next, s.headDim);
        }
        copy_async_commit();
        float shrink[2];
        soften(s, t, key, scores, largest, sum, shrink);
        scale_rows<D>(result, shrink);
        uint32_t p[MMA_ROWS / 16][4];
        to_operand(p, scores);
        copy_async_wait<1>();
        sync_block();
        weigh<D>(result, p, values);
        sync_block();
    }
    float factor[2];
    for (int half = 0; half < 2; half++) {
        // a query that sees no key gives zeros
        factor[half] = sum[half] == 0 ? 0 : 1 / sum[half];
        int row = warp_row() + lane() / 4 + 8 * half;
        if (lane() % 4 == 0 && row < t.rows) {
            s.logSumExp.set(static_cast<long long>(t.sample) * s.heads + t.head, t.first + row,
                            sum[half] == 0 ? -INFINITY : largest[half] + log_(sum[half]));
        }
    }
    scale_rows<D>(result, factor);
    store_tile<D>(head_rows<bf16>(s.out, t.sample, t.head, t.first), s.out.pitch, t.rows, s.headDim, result);
}

/// From scores and gradients of probabilities: the probabilities and the gradients of scores, in place.
DEVICE void link(const Attention& s, int sample, int query, int key, float logSumExp, float rowTerm, float& score,
                 float& gradient) {
    bool seen = query < s.lengthQ && sees(s, sample, query, key);
    score = seen ? fast_exp(fmaf(score, s.scale, -logSumExp)) : 0;
    gradient = score * (gradient - rowTerm) * s.scale;
}

template <int D>
DEVICE void attention_mma_queries(const Attention& s, const AttentionGradients& g) {
    SHARED(bf16, tiles, [4 * BACKWARD_ROWS * Pitch<D>::value]);
    MmaTile t = mma_tile(s, s.lengthQ);
    long long line = static_cast<long long>(t.sample) * s.heads + t.head;
    const bf16* k = head_rows<bf16>(s.k, t.sample, t.head, 0);
    const bf16* v = head_rows<bf16>(s.v, t.sample, t.head, 0);
    uint32_t q[D / 16][4];
    uint32_t dOut[D / 16][4];
    fetch_rows<D>(q, tiles, head_rows<bf16>(s.q, t.sample, t.head, t.first), s.q.pitch, t.rows, s.headDim);
    fetch_rows<D>(dOut, tiles, head_rows<bf16>(g.dOut, t.sample, t.head, t.first), g.dOut.pitch, t.rows, s.headDim);
    float logSumExp[2] = {};
    float rowTerm[2] = {};
    for (int half = 0; half < 2; half++) {
        int row = warp_row() + lane() / 4 + 8 * half;
        if (row < t.rows) {
            logSumExp[half] = s.logSumExp.at(line, t.first + row);
            rowTerm[half] = g.rowTerms[line * s.lengthQ + t.first + row];
        }
    }
    float result[D / 8][4] = {};
    int end = s.causal ? min(s.lengthK, t.first + t.rows) : s.lengthK;
    bf16* both = tiles;
    bf16* next = tiles + 2 * BACKWARD_ROWS * Pitch<D>::value;
    fetch<D, BACKWARD_ROWS>(both, k, s.k.pitch, s.lengthK, s.headDim);
    fetch<D, BACKWARD_ROWS>(both + BACKWARD_ROWS * Pitch<D>::value, v, s.v.pitch, s.lengthK, s.headDim);
    copy_async_commit();
    for (int key = 0; key < end; key += BACKWARD_ROWS) {
        int after = key + BACKWARD_ROWS;
        if (after < end) {
            fetch<D, BACKWARD_ROWS>(next, k + after * s.k.pitch, s.k.pitch, s.lengthK - after, s.headDim);
            fetch<D, BACKWARD_ROWS>(next + BACKWARD_ROWS * Pitch<D>::value, v + after * s.v.pitch, s.v.pitch,
                                    s.lengthK - after, s.headDim);
        }
        copy_async_commit();
        copy_async_wait<1>();
        sync_block();
        float scores[BACKWARD_ROWS / 8][4] = {};
        float gradients[BACKWARD_ROWS / 8][4] = {};
        multiply_rows<D>(scores, q, both);
        multiply_rows<D>(gradients, dOut, both + BACKWARD_ROWS * Pitch<D>::value);
        UNROLL for (int n = 0; n < BACKWARD_ROWS / 8; n++) {
            UNROLL for (int i = 0; i < 4; i++) {
                link(s, t.sample, t.first + warp_row() + lane() / 4 + i / 2 * 8,
                     key + 8 * n + 2 * (lane() % 4) + i % 2, logSumExp[i / 2], rowTerm[i / 2], scores[n][i],
                     gradients[n][i]);
            }
        }
        uint32_t dScores[BACKWARD_ROWS / 16][4];
        to_operand(dScores, gradients);
        weigh<D>(result, dScores, both);
        sync_block();
        bf16* free = both;
        both = next;
        next = free;
    }
    store_tile<D>(head_rows<bf16>(g.dQ, t.sample, t.head, t.first), g.dQ.pitch, t.rows, s.headDim, result);
}

template <int D>
DEVICE void attention_mma_keys(const Attention& s, const AttentionGradients& g) {
    constexpr int QUERIES = D <= 64 ? 32 : 16;  // the accumulators of 128 columns leave few registers
    SHARED(bf16, values, [MMA_ROWS * Pitch<D>::value]);
    SHARED(bf16, queries, [QUERIES * Pitch<D>::value]);
    SHARED(bf16, dOuts, [QUERIES * Pitch<D>::value]);
    MmaTile t = mma_tile(s, s.lengthK);
    long long line = static_cast<long long>(t.sample) * s.heads + t.head;
    const bf16* q = head_rows<bf16>(s.q, t.sample, t.head, 0);
    const bf16* dOut = head_rows<bf16>(g.dOut, t.sample, t.head, 0);
    uint32_t k[D / 16][4];
    fetch_rows<D>(k, values, head_rows<bf16>(s.k, t.sample, t.head, t.first), s.k.pitch, t.rows, s.headDim);
    fetch<D, MMA_ROWS>(values, head_rows<bf16>(s.v, t.sample, t.head, t.first), s.v.pitch, t.rows, s.headDim);
    float dK[D / 8][4] = {};
    float dV[D / 8][4] = {};
    int begin = s.causal ? t.first : 0;
    if (begin < s.lengthQ) {
        fetch<D, QUERIES>(queries, q + begin * s.q.pitch, s.q.pitch, s.lengthQ - begin, s.headDim);
    }
    copy_async_commit();
    for (int query = begin; query < s.lengthQ; query += QUERIES) {
        fetch<D, QUERIES>(dOuts, dOut + query * g.dOut.pitch, g.dOut.pitch, s.lengthQ - query, s.headDim);
        copy_async_commit();
        copy_async_wait<1>();
        sync_block();
        float scores[QUERIES / 8][4] = {};
        multiply_rows<D>(scores, k, queries);
        copy_async_wait<0>();
        sync_block();
        float gradients[QUERIES / 8][4] = {};
        multiply_shared<D>(gradients, values, dOuts);
        UNROLL for (int n = 0; n < QUERIES / 8; n++) {
            UNROLL for (int c = 0; c < 2; c++) {
                int i = query + 8 * n + 2 * (lane() % 4) + c;
                float logSumExp = i < s.lengthQ ? s.logSumExp.at(line, i) : 0;
                float rowTerm = i < s.lengthQ ? g.rowTerms[line * s.lengthQ + i] : 0;
                UNROLL for (int half = 0; half < 2; half++) {
                    link(s, t.sample, i, t.first + warp_row() + lane() / 4 + 8 * half, logSumExp, rowTerm,
                         scores[n][2 * half + c], gradients[n][2 * half + c]);
                }
            }
        }
        uint32_t operand[QUERIES / 16][4];
        to_operand(operand, scores);
        weigh<D>(dV, operand, dOuts);
        to_operand(operand, gradients);
        weigh<D>(dK, operand, queries);
        sync_block();
        int after = query + QUERIES;
        if (after < s.lengthQ) {
            fetch<D, QUERIES>(queries, q + after * s.q.pitch, s.q.pitch, s.lengthQ - after, s.headDim);
        }
        copy_async_commit();
    }
    store_tile<D>(head_rows<bf16>(g.dK, t.sample, t.head, t.first), g.dK.pitch, t.rows, s.headDim, dK);
    store_tile<D>(head_rows<bf16>(g.dV, t.sample, t.head, t.first), g.dV.pitch, t.rows, s.headDim, dV);
}

#define ATTENTION_MMA_KERNELS(D)                                                                                     \
    KERNEL_BOUNDS(attention_mma_d##D##_bf16, MMA_THREADS, 1, (Attention s)) {                                               \
        attention_mma<D>(s);                                                                                         \
    }                                                                                                                \
    KERNEL_BOUNDS(attention_mma_gradient_queries_d##D##_bf16, MMA_THREADS, 1, (Attention s, AttentionGradients g)) {        \
        attention_mma_queries<D>(s, g);                                                                              \
    }                                                                                                                \
    KERNEL_BOUNDS(attention_mma_gradient_keys_d##D##_bf16, MMA_THREADS, 1, (Attention s, AttentionGradients g)) {           \
        attention_mma_keys<D>(s, g);                                                                                 \
    }

ATTENTION_MMA_KERNELS(32)
ATTENTION_MMA_KERNELS(64)
ATTENTION_MMA_KERNELS(128)
