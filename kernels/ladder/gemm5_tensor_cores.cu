// GEMM, rung 5: tensor cores.
//
// Four warps make 64 x 64 results, 32 x 32 each, by mma.m16n8k16. Gain to expect: arithmetic at sixteen times float32's
// peak, half the bytes in shared memory (bfloat16 stays bfloat16). Two limits are left in on purpose: rows of 64 and 128
// bytes, whose beginnings fall into the same few banks, and loads for which the arithmetic waits.
#include "tensor_tile.cuh"

enum { GEMM5_TILE = 64, GEMM5_DEPTH = 32, GEMM5_THREADS = 128 };

KERNEL_BOUNDS(ladder_gemm5, GEMM5_THREADS, 4, (const bf16* a, const bf16* b, bf16* c, int m, int n, int k)) {
    SHARED(bf16, left, [GEMM5_TILE][GEMM5_DEPTH]);
    SHARED(bf16, right, [GEMM5_DEPTH][GEMM5_TILE]);
    int row0 = blockIdx.y * GEMM5_TILE, column0 = blockIdx.x * GEMM5_TILE;
    int warp = threadIdx.x / 32, y = warp / 2 * WARP_TILE, x = warp % 2 * WARP_TILE;
    WarpTile tile;
    for (int first = 0; first < k; first += GEMM5_DEPTH) {
        // 16 bytes, 8 elements, at a time
        for (int i = threadIdx.x; i < GEMM5_TILE * GEMM5_DEPTH / 8; i += GEMM5_THREADS) {
            int row = i / (GEMM5_DEPTH / 8), term = i % (GEMM5_DEPTH / 8) * 8;
            bool there = row0 + row < m && first + term < k;
            *reinterpret_cast<uint4*>(&left[row][term]) =
                    there ? *reinterpret_cast<const uint4*>(a + static_cast<long long>(row0 + row) * k + first + term)
                          : make_uint4(0, 0, 0, 0);
            int other = i / (GEMM5_TILE / 8), column = i % (GEMM5_TILE / 8) * 8;
            there = first + other < k && column0 + column < n;
            *reinterpret_cast<uint4*>(&right[other][column]) =
                    there ? *reinterpret_cast<const uint4*>(b + static_cast<long long>(first + other) * n + column0 + column)
                          : make_uint4(0, 0, 0, 0);
        }
        sync_block();
        tile.multiply<false>(&left[y][0], GEMM5_DEPTH, &right[0][x], GEMM5_TILE, GEMM5_DEPTH);
        sync_block();
    }
    tile.results([&](int i, int j, float sum) {
        int row = row0 + y + i, column = column0 + x + j;
        if (row < m && column < n) c[static_cast<long long>(row) * n + column] = from_float<bf16>(sum);
    });
}
