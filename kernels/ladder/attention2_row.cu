// Attention, rung 2: a block for each query, its row of scores in shared memory.
//
// One kernel instead of three, and no matrix in memory: T numbers a block. Gain to expect: the scores' four trips through
// memory are gone; but every query still reads all keys and values for itself.
#include "anneal.cuh"

enum { ATTENTION2_THREADS = 128 };

KERNEL_BOUNDS(ladder_attention2, ATTENTION2_THREADS, 4, (const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, int d,
                                                         float scale)) {
    DYNAMIC_SHARED(float, scores);  // [t]
    SHARED(float, shared, [32]);
    const bf16* query = q + static_cast<long long>(blockIdx.x) * d;
    long long head = static_cast<long long>(blockIdx.x) / t * t * d;
    float most = -INFINITY;
    for (int key = threadIdx.x; key < t; key += ATTENTION2_THREADS) {
        float sum = 0;
        for (int i = 0; i < d; i++) sum += to_float(query[i]) * to_float(k[head + static_cast<long long>(key) * d + i]);
        scores[key] = sum * scale;
        most = fmaxf(most, scores[key]);
    }
    most = block_max(most, shared);
    float sum = 0;
    for (int key = threadIdx.x; key < t; key += ATTENTION2_THREADS) {
        scores[key] = exp_(scores[key] - most);
        sum += scores[key];
    }
    sum = block_sum(sum, shared);  // whose barriers also make the scores visible to all
    for (int i = threadIdx.x; i < d; i += ATTENTION2_THREADS) {
        float mixed = 0;
        for (int key = 0; key < t; key++) mixed += scores[key] * to_float(v[head + static_cast<long long>(key) * d + i]);
        out[static_cast<long long>(blockIdx.x) * d + i] = from_float<bf16>(mixed / sum);
    }
}
