// GroupNorm with SiLU, rung 3: one walk for both sums, added up by shuffles.
//
// Sums of x - centre and of its square, around the group's first element, give mean and variance at once (around 0 a large
// mean would swallow a small variance). Warps add by shuffles, so that a sum costs two barriers instead of nine. Gain to
// expect: two walks over memory instead of three.
#include "anneal.cuh"

enum { NORM3_THREADS = 256 };

DEVICE float silu_of(float v) { return v / (1.0f + exp_(-v)); }

KERNEL_BOUNDS(ladder_norm3, NORM3_THREADS, 4, (const bf16* x, const float* gamma, const float* beta, bf16* y, int area,
                                               int c, int groups, float eps)) {
    SHARED(float, shared, [32]);
    int width = c / groups, first = blockIdx.x % groups * width, elements = area * width;
    const bf16* image = x + static_cast<long long>(blockIdx.x / groups) * area * c;
    bf16* result = y + static_cast<long long>(blockIdx.x / groups) * area * c;
    float centre = to_float(image[first]), sum = 0, squares = 0;
    for (int i = threadIdx.x; i < elements; i += NORM3_THREADS) {
        float d = to_float(image[static_cast<long long>(i / width) * c + first + i % width]) - centre;
        sum += d;
        squares = fmaf(d, d, squares);
    }
    float offset = block_sum(sum, shared) / elements;
    float variance = block_sum(squares, shared) / elements - offset * offset;
    float mean = centre + offset, rstd = rsqrt_(fmaxf(variance, 0.0f) + eps);
    for (int i = threadIdx.x; i < elements; i += NORM3_THREADS) {
        int k = first + i % width;
        long long at = static_cast<long long>(i / width) * c + k;
        result[at] = from_float<bf16>(silu_of((to_float(image[at]) - mean) * rstd * gamma[k] + beta[k]));
    }
}
