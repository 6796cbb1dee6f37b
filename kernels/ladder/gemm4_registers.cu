// GEMM, rung 4: each thread keeps 4 x 4 results in registers.
//
// A block makes 64 x 64 results. Of shared memory a thread reads 8 numbers for 16 multiply-adds instead of 32 for 16, four
// at a time; of device memory a block reads each element once for 64 results. Gain to expect: a quarter of the passes over
// shared memory, a quarter of the bytes of device memory. The limit is now float32 arithmetic outside of tensor cores.
#include "anneal.cuh"

enum { GEMM4_TILE = 64, GEMM4_DEPTH = 16, GEMM4_THREADS = 256 };

KERNEL_BOUNDS(ladder_gemm4, GEMM4_THREADS, 2, (const bf16* a, const bf16* b, bf16* c, int m, int n, int k)) {
    // Columns of the left tile lie side by side; four more keep the threads that write them out of each other's banks.
    SHARED(float, left, [GEMM4_DEPTH][GEMM4_TILE + 4]);
    SHARED(float, right, [GEMM4_DEPTH][GEMM4_TILE]);
    int row0 = blockIdx.y * GEMM4_TILE, column0 = blockIdx.x * GEMM4_TILE;
    int x = threadIdx.x % 16 * 4, y = threadIdx.x / 16 * 4;
    float sum[4][4] = {};
    for (int first = 0; first < k; first += GEMM4_DEPTH) {
        for (int i = threadIdx.x; i < GEMM4_TILE * GEMM4_DEPTH; i += GEMM4_THREADS) {
            int row = row0 + i / GEMM4_DEPTH, term = first + i % GEMM4_DEPTH;
            left[i % GEMM4_DEPTH][i / GEMM4_DEPTH] =
                    row < m && term < k ? to_float(a[static_cast<long long>(row) * k + term]) : 0.0f;
            int column = column0 + i % GEMM4_TILE, other = first + i / GEMM4_TILE;
            right[i / GEMM4_TILE][i % GEMM4_TILE] =
                    column < n && other < k ? to_float(b[static_cast<long long>(other) * n + column]) : 0.0f;
        }
        sync_block();
        UNROLL for (int i = 0; i < GEMM4_DEPTH; i++) {
            float4 l = load4(&left[i][y]), r = load4(&right[i][x]);
            float rows[4] = {l.x, l.y, l.z, l.w}, columns[4] = {r.x, r.y, r.z, r.w};
            UNROLL for (int p = 0; p < 4; p++) UNROLL for (int q = 0; q < 4; q++) sum[p][q] += rows[p] * columns[q];
        }
        sync_block();
    }
    UNROLL for (int p = 0; p < 4; p++) UNROLL for (int q = 0; q < 4; q++) {
        int row = row0 + y + p, column = column0 + x + q;
        if (row < m && column < n) c[static_cast<long long>(row) * n + column] = from_float<bf16>(sum[p][q]);
    }
}
