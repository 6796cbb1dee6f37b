// Convolution, rung 5: three stages on their way by cp.async, and rows that keep out of each other's banks.
//
// As in GEMM's rung 6; what lies outside of the image is filled with zeros by the copy itself. Gain to expect: no
// conflicts where fragments are read, one barrier a step, the latency of memory hidden behind two steps of arithmetic.
#include "conv_window.cuh"
#include "tensor_tile.cuh"

enum { CONV5_TILE = 64, CONV5_DEPTH = 32, CONV5_THREADS = 128, CONV5_STAGES = 3, CONV5_PITCH = CONV5_DEPTH + 8 };

KERNEL_BOUNDS(ladder_conv5, CONV5_THREADS, 4, (const bf16* x, const bf16* weights, bf16* y, int n, int h, int w, int c,
                                                  int filters)) {
    Window s{n, h, w, c, filters};
    SHARED(bf16, left, [CONV5_STAGES][CONV5_TILE][CONV5_PITCH]);
    SHARED(bf16, right, [CONV5_STAGES][CONV5_TILE][CONV5_PITCH]);
    long long pixel0 = static_cast<long long>(blockIdx.x) * CONV5_TILE;
    int filter0 = blockIdx.y * CONV5_TILE;
    int warp = threadIdx.x / 32, px = warp / 2 * WARP_TILE, fx = warp % 2 * WARP_TILE;
    int steps = (s.terms() + CONV5_DEPTH - 1) / CONV5_DEPTH;
    auto fetch = [&](int step) {
        int stage = step % CONV5_STAGES, first = step * CONV5_DEPTH;
        for (int i = threadIdx.x; step < steps && i < CONV5_TILE * CONV5_DEPTH / 8; i += CONV5_THREADS) {
            int row = i / (CONV5_DEPTH / 8), term = i % (CONV5_DEPTH / 8) * 8;
            bool there = first + term < s.terms();
            long long from = there && pixel0 + row < s.pixels() ? s.at(pixel0 + row, first + term) : -1;
            copy_async_16(&left[stage][row][term], from < 0 ? x : x + from, from >= 0);
            there = there && filter0 + row < s.filters;
            copy_async_16(&right[stage][row][term],
                          there ? weights + static_cast<long long>(filter0 + row) * s.terms() + first + term : weights, there);
        }
        copy_async_commit();
    };
    WarpTile tile;
    fetch(0);
    fetch(1);
    for (int step = 0; step < steps; step++) {
        copy_async_wait<CONV5_STAGES - 2>();
        sync_block();
        fetch(step + CONV5_STAGES - 1);
        int stage = step % CONV5_STAGES;
        tile.multiply<true>(&left[stage][px][0], CONV5_PITCH, &right[stage][fx][0], CONV5_PITCH, CONV5_DEPTH);
    }
    tile.results([&](int i, int j, float sum) {
        long long pixel = pixel0 + px + i;
        int filter = filter0 + fx + j;
        if (pixel < s.pixels() && filter < s.filters) y[pixel * s.filters + filter] = from_float<bf16>(sum);
    });
}
