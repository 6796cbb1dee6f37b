// Convolution, rung 2: an implicit matrix product with tiles in shared memory.
//
// A block makes 16 pixels x 16 filters and gathers 16 terms of each into shared memory at a time, channels side by side.
// No matrix of windows is ever written ("im2col" would be nine times the image). Gain to expect: a sixteenth of the bytes
// asked of device memory, in whole sectors.
#include "conv_window.cuh"

enum { CONV2_TILE = 16 };

KERNEL(ladder_conv2, (const bf16* x, const bf16* weights, bf16* y, int n, int h, int w, int c,
                                                  int filters)) {
    Window s{n, h, w, c, filters};
    SHARED(float, left, [CONV2_TILE][CONV2_TILE]);
    SHARED(float, right, [CONV2_TILE][CONV2_TILE + 1]);
    int i = threadIdx.x % CONV2_TILE, j = threadIdx.x / CONV2_TILE;
    long long pixel0 = static_cast<long long>(blockIdx.x) * CONV2_TILE;
    int filter0 = blockIdx.y * CONV2_TILE;
    float sum = 0;
    for (int first = 0; first < s.terms(); first += CONV2_TILE) {
        bool term = first + i < s.terms();
        long long from = term && pixel0 + j < s.pixels() ? s.at(pixel0 + j, first + i) : -1;
        left[j][i] = from < 0 ? 0.0f : to_float(x[from]);
        right[j][i] = term && filter0 + j < s.filters
                ? to_float(weights[static_cast<long long>(filter0 + j) * s.terms() + first + i]) : 0.0f;
        sync_block();
        for (int k = 0; k < CONV2_TILE; k++) sum += left[j][k] * right[i][k];
        sync_block();
    }
    if (pixel0 + j < s.pixels() && filter0 + i < s.filters) {
        y[(pixel0 + j) * s.filters + filter0 + i] = from_float<bf16>(sum);
    }
}
