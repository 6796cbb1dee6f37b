// Attention, rung 4: FlashAttention-2 on tensor cores, 64 queries a block against 64 keys at a time.
//
// Both products by mma.m16n8k16; a warp has 16 queries to itself, so that no sum crosses warps and the scores never leave
// its registers. Gain to expect: the arithmetic at tensor cores' speed, half the bytes of shared memory; with rows of 128
// or 256 bytes, though, all rows of a fragment begin in the same banks, and loads and arithmetic take turns.
#include "flash_warp.cuh"

template <int D>
DEVICE void flash4(const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, float scale) {
    SHARED(bf16, queries, [FLASH_QUERIES][D]);
    SHARED(bf16, keys, [FLASH_KEYS][D]);
    SHARED(bf16, values, [FLASH_KEYS][D]);
    long long head = static_cast<long long>(blockIdx.y) * t * D;
    int query0 = blockIdx.x * FLASH_QUERIES, warp = threadIdx.x / 32;
    auto load = [&](bf16(*to)[D], const bf16* from, int first) {
        for (int i = threadIdx.x; i < FLASH_KEYS * D / 8; i += FLASH_THREADS) {
            int row = i / (D / 8), column = i % (D / 8) * 8;
            *reinterpret_cast<uint4*>(&to[row][column]) = first + row < t
                    ? *reinterpret_cast<const uint4*>(from + head + static_cast<long long>(first + row) * D + column)
                    : make_uint4(0, 0, 0, 0);
        }
    };
    load(queries, q, query0);
    sync_block();
    FlashWarp<D> mine(&queries[16 * warp][0], D);
    for (int first = 0; first < t; first += FLASH_KEYS) {
        load(keys, k, first);
        load(values, v, first);
        sync_block();
        mine.attend(&keys[0][0], &values[0][0], D, t - first, scale * FlashWarp<D>::LOG2_E);
        sync_block();
    }
    mine.results([&](int row, int column, float value) {
        int query = query0 + 16 * warp + row;
        if (query < t) out[head + static_cast<long long>(query) * D + column] = from_float<bf16>(value);
    });
}

#define FLASH4(d)                                                                                                     \
    KERNEL_BOUNDS(ladder_attention4_d##d, FLASH_THREADS, 2, (const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, \
                                                             float scale)) {                                          \
        flash4<d>(q, k, v, out, t, scale);                                                                            \
    }

FLASH4(64)
FLASH4(128)
