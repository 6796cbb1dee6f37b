// Convolution, rung 4: tensor cores, and eight channels a load.
//
// A chunk of eight terms lies within one tap, for the channels are a multiple of eight; so it is one load of 16 bytes, and
// where it lies is computed once for eight. Gain to expect: an eighth of the address arithmetic, which is most of what
// rungs 1 to 3 do, and the products at tensor cores' speed. Rows of 64 bytes still meet in the same banks.
#include "conv_window.cuh"
#include "tensor_tile.cuh"

enum { CONV4_TILE = 64, CONV4_DEPTH = 32, CONV4_THREADS = 128 };

KERNEL_BOUNDS(ladder_conv4, CONV4_THREADS, 4, (const bf16* x, const bf16* weights, bf16* y, int n, int h, int w, int c,
                                                  int filters)) {
    Window s{n, h, w, c, filters};
    SHARED(bf16, left, [CONV4_TILE][CONV4_DEPTH]);
    SHARED(bf16, right, [CONV4_TILE][CONV4_DEPTH]);
    long long pixel0 = static_cast<long long>(blockIdx.x) * CONV4_TILE;
    int filter0 = blockIdx.y * CONV4_TILE;
    int warp = threadIdx.x / 32, px = warp / 2 * WARP_TILE, fx = warp % 2 * WARP_TILE;
    WarpTile tile;
    for (int first = 0; first < s.terms(); first += CONV4_DEPTH) {
        for (int i = threadIdx.x; i < CONV4_TILE * CONV4_DEPTH / 8; i += CONV4_THREADS) {
            int row = i / (CONV4_DEPTH / 8), term = i % (CONV4_DEPTH / 8) * 8;
            bool there = first + term < s.terms();
            long long from = there && pixel0 + row < s.pixels() ? s.at(pixel0 + row, first + term) : -1;
            *reinterpret_cast<uint4*>(&left[row][term]) =
                    from < 0 ? make_uint4(0, 0, 0, 0) : *reinterpret_cast<const uint4*>(x + from);
            *reinterpret_cast<uint4*>(&right[row][term]) = there && filter0 + row < s.filters
                    ? *reinterpret_cast<const uint4*>(weights + static_cast<long long>(filter0 + row) * s.terms() + first + term)
                    : make_uint4(0, 0, 0, 0);
        }
        sync_block();
        tile.multiply<true>(&left[px][0], CONV4_DEPTH, &right[fx][0], CONV4_DEPTH, CONV4_DEPTH);
        sync_block();
    }
    tile.results([&](int i, int j, float sum) {
        long long pixel = pixel0 + px + i;
        int filter = filter0 + fx + j;
        if (pixel < s.pixels() && filter < s.filters) y[pixel * s.filters + filter] = from_float<bf16>(sum);
    });
}
