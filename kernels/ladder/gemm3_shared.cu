// GEMM, rung 3: tiles of a and b in shared memory.
//
// A block makes 16 x 16 results and walks along k in steps of 16: each element is loaded from memory once a block instead
// of once a result. Gain to expect: a sixteenth of the bytes asked of device memory; now every multiply-add reads shared
// memory twice, which becomes the limit.
#include "anneal.cuh"

enum { GEMM3_TILE = 16 };

KERNEL(ladder_gemm3, (const bf16* a, const bf16* b, bf16* c, int m, int n, int k)) {
    SHARED(float, left, [GEMM3_TILE][GEMM3_TILE]);
    SHARED(float, right, [GEMM3_TILE][GEMM3_TILE]);
    int x = threadIdx.x % GEMM3_TILE, y = threadIdx.x / GEMM3_TILE;
    int column = blockIdx.x * GEMM3_TILE + x, row = blockIdx.y * GEMM3_TILE + y;
    float sum = 0;
    for (int first = 0; first < k; first += GEMM3_TILE) {
        left[y][x] = row < m && first + x < k ? to_float(a[static_cast<long long>(row) * k + first + x]) : 0.0f;
        right[y][x] = column < n && first + y < k ? to_float(b[static_cast<long long>(first + y) * n + column]) : 0.0f;
        sync_block();
        for (int i = 0; i < GEMM3_TILE; i++) sum += left[y][i] * right[i][x];
        sync_block();
    }
    if (row < m && column < n) c[static_cast<long long>(row) * n + column] = from_float<bf16>(sum);
}
