// The tensor-core arithmetic of a tile product: warps of WM x WN results each, mma.sync m16n8k8 (TF32) or m16n8k16
// (bfloat16), sums in float32. Fragment layouts are those of the PTX manual, "Matrix Fragments for mma".
#pragma once

#include "anneal.cuh"

/// How an instruction's operands are read from shared memory. r is the first row (of a) or column (of b) and k the
/// first k of a fragment inside the tile; b's fragments come in pairs, columns r..r+7 and r+8..r+15.
struct Bf16Fragments {
    static constexpr int DEPTH = 16;

    template <class Stage>
    static DEVICE void a(uint32_t (&f)[4], const bf16* tile, int r, int k) {
        int lane = threadIdx.x % 32, low = lane % 8 + lane / 8 % 2 * 8, high = lane / 16 * 8;
        if constexpr (Stage::OUTER) {
            ldmatrix_x4_trans(f, tile + (k + lane % 8 + high) * Stage::PITCH + r + lane / 8 % 2 * 8);
        } else {
            ldmatrix_x4(f, tile + (r + low) * Stage::PITCH + k + high);
        }
    }

    template <class Stage>
    static DEVICE void b(uint32_t (&f)[4], const bf16* tile, int r, int k) {
        int lane = threadIdx.x % 32, low = lane % 8 + lane / 8 % 2 * 8, high = lane / 16 * 8;
        if constexpr (Stage::OUTER) {
            ldmatrix_x4_trans(f, tile + (k + low) * Stage::PITCH + r + high);
        } else {
            ldmatrix_x4(f, tile + (r + lane % 8 + high) * Stage::PITCH + k + lane / 8 % 2 * 8);
        }
    }

    static DEVICE void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_bf16(d, a, b); }
};

struct Tf32Fragments {
    static constexpr int DEPTH = 8;

    /// An 8x4 block of floats is an 8x8 block of 16-bit elements to ldmatrix, and lands as the fragments want it.
    template <class Stage>
    static DEVICE void a(uint32_t (&f)[4], const float* tile, int r, int k) {
        int lane = threadIdx.x % 32;
        if constexpr (Stage::OUTER) {
            const float* at = tile + (k + lane % 4) * Stage::PITCH + r + lane / 4;
            f[0] = to_tf32(at[0]);
            f[1] = to_tf32(at[8]);
            f[2] = to_tf32(at[4 * Stage::PITCH]);
            f[3] = to_tf32(at[4 * Stage::PITCH + 8]);
        } else {
            ldmatrix_x4(f, tile + (r + lane % 16) * Stage::PITCH + k + lane / 16 * 4);
            round(f);
        }
    }

    template <class Stage>
    static DEVICE void b(uint32_t (&f)[4], const float* tile, int r, int k) {
        int lane = threadIdx.x % 32;
        if constexpr (Stage::OUTER) {
            const float* at = tile + (k + lane % 4) * Stage::PITCH + r + lane / 4;
            f[0] = to_tf32(at[0]);
            f[1] = to_tf32(at[4 * Stage::PITCH]);
            f[2] = to_tf32(at[8]);
            f[3] = to_tf32(at[4 * Stage::PITCH + 8]);
        } else {
            ldmatrix_x4(f, tile + (r + lane % 8 + lane / 16 * 8) * Stage::PITCH + k + lane / 8 % 2 * 4);
            round(f);
        }
    }

    static DEVICE void multiply(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) { mma_tf32(d, a, b); }

private:
    static DEVICE void round(uint32_t (&f)[4]) {
        UNROLL for (int i = 0; i < 4; i++) f[i] = to_tf32(__uint_as_float(f[i]));
    }
};

template <class Fragments, int ROWS_, int COLUMNS_, int DEPTH_, int WM, int WN>
struct MmaTile {
    static constexpr int ROWS = ROWS_, COLUMNS = COLUMNS_, DEPTH = DEPTH_;
    static constexpr int ACROSS = COLUMNS / WN, THREADS = 32 * (ROWS / WM) * ACROSS;
    static constexpr bool TRANSPOSE = false;
    static constexpr int M = WM / 16, N = WN / 8;

    float sum[M][N][4];

    DEVICE MmaTile() {
        UNROLL for (int i = 0; i < M; i++) UNROLL for (int j = 0; j < N; j++) UNROLL for (int e = 0; e < 4; e++) {
            sum[i][j][e] = 0.0f;
        }
    }

    template <class StageA, class StageB>
    DEVICE void multiply(const typename StageA::T* a, const typename StageB::T* b) {
        int row = threadIdx.x / 32 / ACROSS * WM, column = threadIdx.x / 32 % ACROSS * WN;
        UNROLL for (int k = 0; k < DEPTH; k += Fragments::DEPTH) {
            uint32_t left[M][4];
            UNROLL for (int i = 0; i < M; i++) Fragments::template a<StageA>(left[i], a, row + 16 * i, k);
            UNROLL for (int j = 0; j < N; j += 2) {
                uint32_t pair[4];
                Fragments::template b<StageB>(pair, b, column + 8 * j, k);
                uint32_t first[2] = {pair[0], pair[1]}, second[2] = {pair[2], pair[3]};
                UNROLL for (int i = 0; i < M; i++) {
                    Fragments::multiply(sum[i][j], left[i], first);
                    Fragments::multiply(sum[i][j + 1], left[i], second);
                }
            }
        }
    }

    DEVICE void after(int) {}

    template <class Result>
    DEVICE void results(Result result) {
        int lane = threadIdx.x % 32;
        int row = threadIdx.x / 32 / ACROSS * WM + lane / 4, column = threadIdx.x / 32 % ACROSS * WN + lane % 4 * 2;
        UNROLL for (int i = 0; i < M; i++) UNROLL for (int j = 0; j < N; j++) UNROLL for (int e = 0; e < 4; e++) {
            result(row + 16 * i + e / 2 * 8, column + 8 * j + e % 2, sum[i][j][e]);
        }
    }
};
