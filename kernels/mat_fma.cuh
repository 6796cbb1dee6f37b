// The float32 arithmetic of a tile product: every thread keeps TM x TN results in registers and multiplies and adds in
// float32, term by term in the order of k.
#pragma once

#include "anneal.cuh"

/// Both tiles lie [k][outer]. A thread's rows and columns come in groups of four, so that a warp's 16-byte loads fall
/// into different banks.
///
/// A sum is cut into parts of PART terms, each a chain of multiply-adds of its own, and the parts are added in order:
/// the rounding error of one chain grows with its length. The cuts depend on k alone.
template <int ROWS_, int COLUMNS_, int DEPTH_, int TM, int TN>
struct FmaTile {
    static constexpr int ROWS = ROWS_, COLUMNS = COLUMNS_, DEPTH = DEPTH_;
    static constexpr int ACROSS = COLUMNS / TN, THREADS = ROWS / TM * ACROSS;
    static constexpr bool TRANSPOSE = true;
    static constexpr int PART = 128;

    float part[TM][TN];
    float sum[TM][TN];

    DEVICE FmaTile() {
        UNROLL for (int i = 0; i < TM; i++) UNROLL for (int j = 0; j < TN; j++) part[i][j] = sum[i][j] = 0.0f;
    }

    static DEVICE int row(int i) { return i / 4 * (ROWS / (TM / 4)) + threadIdx.x / ACROSS * 4 + i % 4; }
    static DEVICE int column(int j) { return j / 4 * (COLUMNS / (TN / 4)) + threadIdx.x % ACROSS * 4 + j % 4; }

    template <class StageA, class StageB>
    DEVICE void multiply(const float* a, const float* b) {
        UNROLL for (int k = 0; k < DEPTH; k++) {
            float left[TM], right[TN];
            UNROLL for (int i = 0; i < TM; i += 4) take(left + i, a + k * StageA::PITCH + row(i));
            UNROLL for (int j = 0; j < TN; j += 4) take(right + j, b + k * StageB::PITCH + column(j));
            UNROLL for (int i = 0; i < TM; i++)
                UNROLL for (int j = 0; j < TN; j++) part[i][j] = fma_(left[i], right[j], part[i][j]);
        }
    }

    /// After the terms before `depth`.
    DEVICE void after(int depth) {
        if (depth % PART == 0) fold();
    }

    DEVICE void fold() {
        UNROLL for (int i = 0; i < TM; i++) UNROLL for (int j = 0; j < TN; j++) {
            sum[i][j] += part[i][j];
            part[i][j] = 0.0f;
        }
    }

    template <class Result>
    DEVICE void results(Result result) {
        fold();
        UNROLL for (int i = 0; i < TM; i++) UNROLL for (int j = 0; j < TN; j++) result(row(i), column(j), sum[i][j]);
    }

private:
    static DEVICE void take(float* to, const float* from) {
        float4 v = load4(from);
        to[0] = v.x;
        to[1] = v.y;
        to[2] = v.z;
        to[3] = v.w;
    }
};
