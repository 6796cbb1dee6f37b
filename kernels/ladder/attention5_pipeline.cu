// Attention, rung 5: the next tile is on its way while this one is used.
//
// Two stages of keys and values by cp.async, rows 16 bytes longer than their contents, and the queries' room is not needed
// any more once they are in registers. Gain to expect: no conflicts, one barrier less a tile, latency hidden.
#include "flash_warp.cuh"

template <int D>
DEVICE void flash5(const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, float scale) {
    constexpr int PITCH = D + 8, TILE = FLASH_KEYS * PITCH;
    DYNAMIC_SHARED(bf16, shared);  // two stages of keys and values
    long long head = static_cast<long long>(blockIdx.y) * t * D;
    int query0 = blockIdx.x * FLASH_QUERIES, warp = threadIdx.x / 32;
    int tiles = (t + FLASH_KEYS - 1) / FLASH_KEYS;
    auto fetch = [&](bf16* to, const bf16* from, int first) {
        for (int i = threadIdx.x; i < FLASH_KEYS * D / 8; i += FLASH_THREADS) {
            int row = i / (D / 8), column = i % (D / 8) * 8;
            bool there = first + row < t;
            copy_async_16(to + row * PITCH + column,
                          there ? from + head + static_cast<long long>(first + row) * D + column : from, there);
        }
    };
    auto fetch_tile = [&](int tile) {
        bf16* to = shared + tile % 2 * 2 * TILE;
        if (tile < tiles) {
            fetch(to, k, tile * FLASH_KEYS);
            fetch(to + TILE, v, tile * FLASH_KEYS);
        }
        copy_async_commit();
    };
    fetch(shared + 2 * TILE, q, query0);  // where the second tile comes, later
    copy_async_commit();
    fetch_tile(0);
    copy_async_wait<1>();
    sync_block();
    FlashWarp<D> mine(shared + 2 * TILE + 16 * warp * PITCH, PITCH);
    for (int tile = 0; tile < tiles; tile++) {
        copy_async_wait<0>();
        sync_block();  // the tile is there for all, and nobody reads the one before, or the queries, any more
        fetch_tile(tile + 1);
        const bf16* keys = shared + tile % 2 * 2 * TILE;
        mine.attend(keys, keys + TILE, PITCH, t - tile * FLASH_KEYS, scale * FlashWarp<D>::LOG2_E);
    }
    mine.results([&](int row, int column, float value) {
        int query = query0 + 16 * warp + row;
        if (query < t) out[head + static_cast<long long>(query) * D + column] = from_float<bf16>(value);
    });
}

#define FLASH5(d)                                                                                                     \
    KERNEL_BOUNDS(ladder_attention5_d##d, FLASH_THREADS, 2, (const bf16* q, const bf16* k, const bf16* v, bf16* out, int t, \
                                                             float scale)) {                                          \
        flash5<d>(q, k, v, out, t, scale);                                                                            \
    }

FLASH5(64)
FLASH5(128)
