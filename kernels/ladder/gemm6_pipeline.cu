// GEMM, rung 6: loads that go on beside the arithmetic, and rows that keep out of each other's banks.
//
// Three stages of tiles in shared memory: while one is multiplied, the next two are on their way by cp.async, without
// passing through registers; one barrier a step instead of two. Rows are 16 bytes longer than their contents, so that
// eight rows of a fragment begin in eight different groups of banks. Gain to expect: no conflicts where fragments are read
// (where the copies land, rows of 80 bytes still overlap), and the latency of memory hidden as long as two steps of
// arithmetic take longer.
#include "tensor_tile.cuh"

enum { GEMM6_TILE = 64, GEMM6_DEPTH = 32, GEMM6_THREADS = 128, GEMM6_STAGES = 3, GEMM6_GAP = 8 };
enum { GEMM6_LEFT = GEMM6_DEPTH + GEMM6_GAP, GEMM6_RIGHT = GEMM6_TILE + GEMM6_GAP };

KERNEL_BOUNDS(ladder_gemm6, GEMM6_THREADS, 4, (const bf16* a, const bf16* b, bf16* c, int m, int n, int k)) {
    SHARED(bf16, left, [GEMM6_STAGES][GEMM6_TILE][GEMM6_LEFT]);
    SHARED(bf16, right, [GEMM6_STAGES][GEMM6_DEPTH][GEMM6_RIGHT]);
    int row0 = blockIdx.y * GEMM6_TILE, column0 = blockIdx.x * GEMM6_TILE;
    int warp = threadIdx.x / 32, y = warp / 2 * WARP_TILE, x = warp % 2 * WARP_TILE;
    int steps = (k + GEMM6_DEPTH - 1) / GEMM6_DEPTH;
    auto fetch = [&](int step) {
        int stage = step % GEMM6_STAGES, first = step * GEMM6_DEPTH;
        for (int i = threadIdx.x; step < steps && i < GEMM6_TILE * GEMM6_DEPTH / 8; i += GEMM6_THREADS) {
            int row = i / (GEMM6_DEPTH / 8), term = i % (GEMM6_DEPTH / 8) * 8;
            bool there = row0 + row < m && first + term < k;
            copy_async_16(&left[stage][row][term],
                          there ? a + static_cast<long long>(row0 + row) * k + first + term : a, there);
            int other = i / (GEMM6_TILE / 8), column = i % (GEMM6_TILE / 8) * 8;
            there = first + other < k && column0 + column < n;
            copy_async_16(&right[stage][other][column],
                          there ? b + static_cast<long long>(first + other) * n + column0 + column : b, there);
        }
        copy_async_commit();
    };
    WarpTile tile;
    fetch(0);
    fetch(1);
    for (int step = 0; step < steps; step++) {
        copy_async_wait<GEMM6_STAGES - 2>();
        sync_block();  // the step's tiles are there for all, and nobody reads those of the step before any more
        fetch(step + GEMM6_STAGES - 1);
        int stage = step % GEMM6_STAGES;
        tile.multiply<false>(&left[stage][y][0], GEMM6_LEFT, &right[stage][0][x], GEMM6_RIGHT, GEMM6_DEPTH);
    }
    tile.results([&](int i, int j, float sum) {
        int row = row0 + y + i, column = column0 + x + j;
        if (row < m && column < n) c[static_cast<long long>(row) * n + column] = from_float<bf16>(sum);
    });
}
