// Attention, rung 3: FlashAttention in float32, 32 queries a block against 32 keys at a time (16 where d = 128, for shared
// memory of a fixed size ends at 48 KiB).
//
// The softmax is computed while the keys go by: when a larger score comes, what was added up so far is scaled down
// (Milakov and Gimelshein 2018; Dao et al. 2022, Algorithm 1). Keys and values are read once for 32 queries. Gain to
// expect: a thirty-second of the bytes of device memory; now float32 arithmetic and shared memory are the limit.
#include "anneal.cuh"

enum { FLASH3_QUERIES = 32, FLASH3_THREADS = 128 };

/// Four threads a query: each has a quarter of the keys' scores, then a quarter of the result's columns.
template <int D>
DEVICE void flash3(const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, float scale) {
    constexpr int KEYS = D > 64 ? 16 : 32;
    SHARED(float, queries, [FLASH3_QUERIES][D + 1]);
    SHARED(float, keys, [KEYS][D + 1]);
    SHARED(float, values, [KEYS][D]);
    SHARED(float, weights, [FLASH3_QUERIES][KEYS + 1]);
    long long head = static_cast<long long>(blockIdx.y) * t * D;
    int row = threadIdx.x / 4, part = threadIdx.x % 4, query0 = blockIdx.x * FLASH3_QUERIES;
    for (int i = threadIdx.x; i < FLASH3_QUERIES * D; i += FLASH3_THREADS) {
        int query = query0 + i / D;
        queries[i / D][i % D] = query < t ? scale * to_float(q[head + static_cast<long long>(query) * D + i % D]) : 0.0f;
    }
    float mixed[D / 4] = {}, most = -INFINITY, sum = 0;
    for (int first = 0; first < t; first += KEYS) {
        sync_block();
        for (int i = threadIdx.x; i < KEYS * D; i += FLASH3_THREADS) {
            int key = first + i / D;
            long long at = head + static_cast<long long>(key) * D + i % D;
            keys[i / D][i % D] = key < t ? to_float(k[at]) : 0.0f;
            values[i / D][i % D] = key < t ? to_float(v[at]) : 0.0f;
        }
        sync_block();
        float scores[KEYS / 4], now = most;
        UNROLL for (int j = 0; j < KEYS / 4; j++) {
            int key = 4 * j + part;
            float s = 0;
            for (int i = 0; i < D; i++) s += queries[row][i] * keys[key][i];
            scores[j] = first + key < t ? s : -INFINITY;
            now = fmaxf(now, scores[j]);
        }
        now = fmaxf(now, shuffle_xor(now, 1));
        now = fmaxf(now, shuffle_xor(now, 2));
        float factor = exp_(most - now);
        most = now;
        sum *= factor;
        UNROLL for (int j = 0; j < KEYS / 4; j++) {
            float w = exp_(scores[j] - now);
            sum += w;
            weights[row][4 * j + part] = w;
        }
        sync_warp();  // a query's four threads are in one warp
        UNROLL for (int i = 0; i < D / 4; i++) {
            float m = mixed[i] * factor;
            for (int key = 0; key < KEYS; key++) m += weights[row][key] * values[key][4 * i + part];
            mixed[i] = m;
        }
    }
    sum += shuffle_xor(sum, 1);
    sum += shuffle_xor(sum, 2);
    UNROLL for (int i = 0; i < D / 4; i++) {
        if (query0 + row >= t) break;
        out[head + static_cast<long long>(query0 + row) * D + 4 * i + part] = from_float<bf16>(mixed[i] / sum);
    }
}

#define FLASH3(d)                                                                                                      \
    KERNEL_BOUNDS(ladder_attention3_d##d, FLASH3_THREADS, 2, (const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, \
                                                              float scale)) {                                          \
        flash3<d>(q, k, v, out, t, scale);                                                                             \
    }

FLASH3(64)
FLASH3(128)
