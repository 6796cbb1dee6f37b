// Convolution, rung 1: a thread for each result, seven loops as in the definition.
//
// A warp takes 32 neighbouring pixels of one filter: its loads of x are a whole pixel's channels apart, so every one
// touches 32 sectors for 2 bytes each.
#include "conv_window.cuh"

KERNEL(ladder_conv1, (const bf16* x, const bf16* weights, bf16* y, int n, int h, int w, int c,
                                                  int filters)) {
    Window s{n, h, w, c, filters};
    long long pixel = static_cast<long long>(blockIdx.x) * 32 + threadIdx.x % 32;
    int filter = blockIdx.y * 8 + threadIdx.x / 32;
    if (pixel >= s.pixels() || filter >= s.filters) return;
    float sum = 0;
    for (int term = 0; term < s.terms(); term++) {
        long long from = s.at(pixel, term);
        if (from >= 0) sum += to_float(x[from]) * to_float(weights[static_cast<long long>(filter) * s.terms() + term]);
    }
    y[pixel * s.filters + filter] = from_float<bf16>(sum);
}
