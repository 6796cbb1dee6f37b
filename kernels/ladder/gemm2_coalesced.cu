// GEMM, rung 2: neighbouring threads take neighbouring columns.
//
// One line differs from rung 1. A warp's loads of b and its stores now lie side by side (2 sectors instead of 32), and all
// its lanes load the same element of a. Gain to expect: the sectors moved fall about tenfold.
#include "anneal.cuh"

KERNEL(ladder_gemm2, (const bf16* a, const bf16* b, bf16* c, int m, int n, int k)) {
    int column = blockIdx.x * 32 + threadIdx.x % 32, row = blockIdx.y * 8 + threadIdx.x / 32;
    if (row >= m || column >= n) return;
    float sum = 0;
    for (int i = 0; i < k; i++) {
        sum += to_float(a[static_cast<long long>(row) * k + i]) * to_float(b[static_cast<long long>(i) * n + column]);
    }
    c[static_cast<long long>(row) * n + column] = from_float<bf16>(sum);
}
