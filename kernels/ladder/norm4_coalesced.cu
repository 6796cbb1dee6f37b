// GroupNorm with SiLU, rung 4: threads along the channels, eight bytes each, and two kernels.
//
// The first kernel's blocks each take a strip of pixels with all its channels, four neighbours a thread: whole sectors,
// whatever the size of a group; each writes its strip's sums for every channel. The second joins them and applies. Gain to
// expect: every byte that is moved is used, and batch 1 has as many blocks as there are strips.
#include "anneal.cuh"

enum { NORM4_THREADS = 256, NORM4_STRIP = 64 };

DEVICE float silu_of(float v) { return v / (1.0f + exp_(-v)); }

/// sums[n][strips][2][c]: of x - centre and its square, the centre being the channel's first pixel of the image.
KERNEL_BOUNDS(ladder_norm4_sums, NORM4_THREADS, 4, (const bf16* x, float* sums, int area, int c)) {
    DYNAMIC_SHARED(float, shared);  // [2][rows][c]
    int columns = c / 4, rows = NORM4_THREADS / columns;
    int column = threadIdx.x % columns * 4, row = threadIdx.x / columns;
    int strips = (area + NORM4_STRIP - 1) / NORM4_STRIP, strip = blockIdx.x % strips;
    const bf16* image = x + static_cast<long long>(blockIdx.x / strips) * area * c;
    int end = (strip + 1) * NORM4_STRIP < area ? (strip + 1) * NORM4_STRIP : area;
    bool working = row < rows;
    if (working) {
        float4 centre = load4(image + column);
        float4 sum = make_float4(0, 0, 0, 0), squares = make_float4(0, 0, 0, 0);
        for (int p = strip * NORM4_STRIP + row; p < end; p += rows) {
            float4 v = load4(image + static_cast<long long>(p) * c + column);
            float d[4] = {v.x - centre.x, v.y - centre.y, v.z - centre.z, v.w - centre.w};
            sum = make_float4(sum.x + d[0], sum.y + d[1], sum.z + d[2], sum.w + d[3]);
            squares = make_float4(squares.x + d[0] * d[0], squares.y + d[1] * d[1], squares.z + d[2] * d[2],
                                  squares.w + d[3] * d[3]);
        }
        store4(shared + row * c + column, sum);
        store4(shared + (rows + row) * c + column, squares);
    }
    sync_block();
    for (int i = threadIdx.x; i < 2 * c; i += NORM4_THREADS) {
        float total = 0;
        for (int r = 0; r < rows; r++) total += shared[(i / c * rows + r) * c + i % c];
        sums[static_cast<long long>(blockIdx.x) * 2 * c + i] = total;
    }
}

KERNEL_BOUNDS(ladder_norm4_apply, NORM4_THREADS, 4, (const bf16* x, const float* sums, const float* gamma, const float* beta,
                                                     bf16* y, int area, int c, int groups, float eps)) {
    DYNAMIC_SHARED(float, shared);  // [2][c]: y = silu(a x + b)
    int strips = (area + NORM4_STRIP - 1) / NORM4_STRIP, strip = blockIdx.x % strips, sample = blockIdx.x / strips;
    const bf16* image = x + static_cast<long long>(sample) * area * c;
    bf16* result = y + static_cast<long long>(sample) * area * c;
    int width = c / groups;
    for (int g = threadIdx.x; g < groups; g += NORM4_THREADS) {
        // Channels have centres of their own; moments are joined around the group's first.
        float origin = to_float(image[g * width]), total = 0, squares = 0;
        for (int k = g * width; k < (g + 1) * width; k++) {
            float shift = to_float(image[k]) - origin, s1 = 0, s2 = 0;
            for (int s = 0; s < strips; s++) {
                const float* part = sums + (static_cast<long long>(sample) * strips + s) * 2 * c;
                s1 += part[k];
                s2 += part[c + k];
            }
            total += s1 + shift * area;
            squares += s2 + shift * (2 * s1 + shift * area);
        }
        float count = static_cast<float>(area) * width, offset = total / count;
        float rstd = rsqrt_(fmaxf(squares / count - offset * offset, 0.0f) + eps);
        for (int k = g * width; k < (g + 1) * width; k++) {
            shared[k] = rstd * gamma[k];
            shared[c + k] = beta[k] - (origin + offset) * rstd * gamma[k];
        }
    }
    sync_block();
    int columns = c / 4, end = (strip + 1) * NORM4_STRIP < area ? (strip + 1) * NORM4_STRIP : area;
    for (int i = strip * NORM4_STRIP * columns + threadIdx.x; i < end * columns; i += NORM4_THREADS) {
        int column = i % columns * 4;
        long long at = static_cast<long long>(i / columns) * c + column;
        float4 v = load4(image + at), a = load4(shared + column), b = load4(shared + c + column);
        store4(result + at, make_float4(silu_of(fmaf(v.x, a.x, b.x)), silu_of(fmaf(v.y, a.y, b.y)),
                                        silu_of(fmaf(v.z, a.z, b.z)), silu_of(fmaf(v.w, a.w, b.w))));
    }
}
