// GroupNorm with SiLU, rung 1: a thread for each group of each image.
//
// y = silu((x - mean) rstd gamma + beta) over images [n, area, c], bfloat16, statistics over a group's channels and all
// pixels. A thread walks its group three times; n * groups threads cannot fill a chip, and neighbours in a warp are a
// group's channels apart.
#include "anneal.cuh"

DEVICE float silu_of(float v) { return v / (1.0f + exp_(-v)); }

KERNEL(ladder_norm1, (const bf16* x, const float* gamma, const float* beta, bf16* y, int n, int area, int c, int groups,
                      float eps)) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n * groups) return;
    int width = c / groups, first = i % groups * width;
    const bf16* image = x + static_cast<long long>(i / groups) * area * c;
    bf16* result = y + static_cast<long long>(i / groups) * area * c;
    float count = static_cast<float>(area) * width, sum = 0, squares = 0;
    for (int p = 0; p < area; p++)
        for (int k = first; k < first + width; k++) sum += to_float(image[static_cast<long long>(p) * c + k]);
    float mean = sum / count;
    for (int p = 0; p < area; p++) {
        for (int k = first; k < first + width; k++) {
            float d = to_float(image[static_cast<long long>(p) * c + k]) - mean;
            squares += d * d;
        }
    }
    float rstd = rsqrt_(squares / count + eps);
    for (int p = 0; p < area; p++) {
        for (int k = first; k < first + width; k++) {
            float v = (to_float(image[static_cast<long long>(p) * c + k]) - mean) * rstd * gamma[k] + beta[k];
            result[static_cast<long long>(p) * c + k] = from_float<bf16>(silu_of(v));
        }
    }
}
