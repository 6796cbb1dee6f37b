// GroupNorm with SiLU, rung 2: a block for each group of each image, sums in a tree through shared memory.
//
// 256 threads share a group's pixels. Gain to expect: 256 times the threads. The tree needs nine barriers a sum, and a
// group's few channels are still a small part of each sector that is moved.
#include "anneal.cuh"

enum { NORM2_THREADS = 256 };

DEVICE float silu_of(float v) { return v / (1.0f + exp_(-v)); }

DEVICE float tree_sum(float v, float* shared) {
    shared[threadIdx.x] = v;
    for (int half = NORM2_THREADS / 2; half > 0; half /= 2) {
        sync_block();
        if (static_cast<int>(threadIdx.x) < half) shared[threadIdx.x] += shared[threadIdx.x + half];
    }
    sync_block();
    float sum = shared[0];
    sync_block();
    return sum;
}

KERNEL_BOUNDS(ladder_norm2, NORM2_THREADS, 4, (const bf16* x, const float* gamma, const float* beta, bf16* y, int area,
                                               int c, int groups, float eps)) {
    SHARED(float, shared, [NORM2_THREADS]);
    int width = c / groups, first = blockIdx.x % groups * width, elements = area * width;
    const bf16* image = x + static_cast<long long>(blockIdx.x / groups) * area * c;
    bf16* result = y + static_cast<long long>(blockIdx.x / groups) * area * c;
    float sum = 0, squares = 0;
    for (int i = threadIdx.x; i < elements; i += NORM2_THREADS) {
        sum += to_float(image[static_cast<long long>(i / width) * c + first + i % width]);
    }
    float mean = tree_sum(sum, shared) / elements;
    for (int i = threadIdx.x; i < elements; i += NORM2_THREADS) {
        float d = to_float(image[static_cast<long long>(i / width) * c + first + i % width]) - mean;
        squares += d * d;
    }
    float rstd = rsqrt_(tree_sum(squares, shared) / elements + eps);
    for (int i = threadIdx.x; i < elements; i += NORM2_THREADS) {
        int k = first + i % width;
        long long at = static_cast<long long>(i / width) * c + k;
        result[at] = from_float<bf16>(silu_of((to_float(image[at]) - mean) * rstd * gamma[k] + beta[k]));
    }
}
