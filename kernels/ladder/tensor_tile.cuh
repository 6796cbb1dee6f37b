// What the rungs on tensor cores share: a warp's 32 x 32 results, and their way from shared memory through fragments.
#pragma once

#include "anneal.cuh"

/// Rows of a warp's results and terms of one step.
enum { WARP_TILE = 32, MMA_DEPTH = 16 };

struct WarpTile {
    float sum[2][4][4];  // 16 rows, 8 columns, four numbers a lane each

    DEVICE WarpTile() {
        UNROLL for (int i = 0; i < 2; i++) UNROLL for (int j = 0; j < 4; j++) UNROLL for (int e = 0; e < 4; e++) sum[i][j][e] = 0;
    }

    /// Adds `depth` terms. `left` is [rows][terms]; `right` is [terms][columns], or [columns][terms] if ALONG_TERMS.
    template <bool ALONG_TERMS>
    DEVICE void multiply(const bf16* left, int leftPitch, const bf16* right, int rightPitch, int depth) {
        int lane = threadIdx.x % 32;
        UNROLL for (int k = 0; k < depth; k += MMA_DEPTH) {
            uint32_t rows[2][4];
            UNROLL for (int i = 0; i < 2; i++) {
                ldmatrix_x4(rows[i], left + (16 * i + lane % 16) * leftPitch + k + lane / 16 * 8);
            }
            UNROLL for (int j = 0; j < 4; j += 2) {
                uint32_t pair[4];
                if (ALONG_TERMS) {
                    ldmatrix_x4(pair, right + (8 * j + lane % 8 + lane / 16 * 8) * rightPitch + k + lane / 8 % 2 * 8);
                } else {
                    ldmatrix_x4_trans(pair, right + (k + lane % 16) * rightPitch + 8 * j + lane / 16 * 8);
                }
                uint32_t first[2] = {pair[0], pair[1]}, second[2] = {pair[2], pair[3]};
                UNROLL for (int i = 0; i < 2; i++) {
                    mma_bf16(sum[i][j], rows[i], first);
                    mma_bf16(sum[i][j + 1], rows[i], second);
                }
            }
        }
    }

    /// Calls result(row, column, sum) for each of this lane's results, counted within the warp's tile.
    template <class Result>
    DEVICE void results(Result result) const {
        int lane = threadIdx.x % 32;
        UNROLL for (int i = 0; i < 2; i++) UNROLL for (int j = 0; j < 4; j++) UNROLL for (int e = 0; e < 4; e++) {
            result(16 * i + lane / 4 + e / 2 * 8, 8 * j + lane % 4 * 2 + e % 2, sum[i][j][e]);
        }
    }
};
