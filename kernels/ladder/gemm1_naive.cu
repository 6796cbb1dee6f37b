// GEMM, rung 1: a thread for each result, as one writes it first.
//
// c[m, n] = a[m, k] b[k, n], all bfloat16 in rows, sums in float32. A warp's 32 threads take 32 rows of one column, so each
// of its loads of a, and each store, touches 32 far-apart sectors of memory and uses 2 of their 32 bytes.
#include "anneal.cuh"

KERNEL(ladder_gemm1, (const bf16* a, const bf16* b, bf16* c, int m, int n, int k)) {
    int row = blockIdx.x * 32 + threadIdx.x % 32, column = blockIdx.y * 8 + threadIdx.x / 32;
    if (row >= m || column >= n) return;
    float sum = 0;
    for (int i = 0; i < k; i++) {
        sum += to_float(a[static_cast<long long>(row) * k + i]) * to_float(b[static_cast<long long>(i) * n + column]);
    }
    c[static_cast<long long>(row) * n + column] = from_float<bf16>(sum);
}
