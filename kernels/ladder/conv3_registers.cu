// Convolution, rung 3: 4 x 4 results a thread in registers.
//
// As in GEMM's rung 4: 64 pixels x 64 filters a block. Gain to expect: a quarter of the bytes of device memory, and an
// eighth of the passes over shared memory.
#include "conv_window.cuh"

enum { CONV3_TILE = 64, CONV3_DEPTH = 16, CONV3_THREADS = 256 };

KERNEL_BOUNDS(ladder_conv3, CONV3_THREADS, 2, (const bf16* x, const bf16* weights, bf16* y, int n, int h, int w, int c,
                                                  int filters)) {
    Window s{n, h, w, c, filters};
    SHARED(float, left, [CONV3_DEPTH][CONV3_TILE + 4]);
    SHARED(float, right, [CONV3_DEPTH][CONV3_TILE + 4]);
    long long pixel0 = static_cast<long long>(blockIdx.x) * CONV3_TILE;
    int filter0 = blockIdx.y * CONV3_TILE;
    int px = threadIdx.x / 16 * 4, fx = threadIdx.x % 16 * 4;
    float sum[4][4] = {};
    for (int first = 0; first < s.terms(); first += CONV3_DEPTH) {
        for (int i = threadIdx.x; i < CONV3_TILE * CONV3_DEPTH; i += CONV3_THREADS) {
            int term = i % CONV3_DEPTH, row = i / CONV3_DEPTH;
            bool there = first + term < s.terms();
            long long from = there && pixel0 + row < s.pixels() ? s.at(pixel0 + row, first + term) : -1;
            left[term][row] = from < 0 ? 0.0f : to_float(x[from]);
            right[term][row] = there && filter0 + row < s.filters
                    ? to_float(weights[static_cast<long long>(filter0 + row) * s.terms() + first + term]) : 0.0f;
        }
        sync_block();
        UNROLL for (int k = 0; k < CONV3_DEPTH; k++) {
            float4 l = load4(&left[k][px]), r = load4(&right[k][fx]);
            float rows[4] = {l.x, l.y, l.z, l.w}, columns[4] = {r.x, r.y, r.z, r.w};
            UNROLL for (int p = 0; p < 4; p++) UNROLL for (int q = 0; q < 4; q++) sum[p][q] += rows[p] * columns[q];
        }
        sync_block();
    }
    UNROLL for (int p = 0; p < 4; p++) UNROLL for (int q = 0; q < 4; q++) {
        long long pixel = pixel0 + px + p;
        int filter = filter0 + fx + q;
        if (pixel < s.pixels() && filter < s.filters) y[pixel * s.filters + filter] = from_float<bf16>(sum[p][q]);
    }
}
