// What the rungs of attention on tensor cores share: a warp's 16 queries against a tile of keys (Dao 2023,
// "FlashAttention-2", section 3.1; fragments as PTX has them, so that scores become weights without leaving registers).
#pragma once

#include "anneal.cuh"

enum { FLASH_QUERIES = 64, FLASH_KEYS = 64, FLASH_THREADS = 128 };

template <int D>
struct FlashWarp {
    uint32_t queries[D / 16][4];
    float mixed[D / 8][4];
    float most[2], sum[2];  // of rows lane / 4 and lane / 4 + 8

    /// @param rows the warp's 16 queries in shared memory
    DEVICE FlashWarp(const bf16* rows, int pitch) {
        int lane = threadIdx.x % 32;
        UNROLL for (int i = 0; i < D / 16; i++) ldmatrix_x4(queries[i], rows + lane % 16 * pitch + 16 * i + lane / 16 * 8);
        UNROLL for (int i = 0; i < D / 8; i++) UNROLL for (int e = 0; e < 4; e++) mixed[i][e] = 0;
        UNROLL for (int r = 0; r < 2; r++) {
            most[r] = -INFINITY;
            sum[r] = 0;
        }
    }

    /// One tile: keys and values [FLASH_KEYS][D], the first `there` of which exist. `scale` has log2(e) in it: powers of 2
    /// are what the hardware has.
    DEVICE void attend(const bf16* keys, const bf16* values, int pitch, int there, float scale) {
        int lane = threadIdx.x % 32;
        float scores[FLASH_KEYS / 8][4];
        UNROLL for (int j = 0; j < FLASH_KEYS / 8; j += 2) {
            UNROLL for (int e = 0; e < 4; e++) scores[j][e] = scores[j + 1][e] = 0;
            UNROLL for (int i = 0; i < D / 16; i++) {
                uint32_t pair[4];
                ldmatrix_x4(pair, keys + (8 * j + lane % 8 + lane / 16 * 8) * pitch + 16 * i + lane / 8 % 2 * 8);
                uint32_t first[2] = {pair[0], pair[1]}, second[2] = {pair[2], pair[3]};
                mma_bf16(scores[j], queries[i], first);
                mma_bf16(scores[j + 1], queries[i], second);
            }
        }
        float now[2] = {most[0], most[1]};
        UNROLL for (int j = 0; j < FLASH_KEYS / 8; j++) UNROLL for (int e = 0; e < 4; e++) {
            bool seen = 8 * j + lane % 4 * 2 + e % 2 < there;
            scores[j][e] = seen ? scores[j][e] * scale : -INFINITY;
            now[e / 2] = fmaxf(now[e / 2], scores[j][e]);
        }
        UNROLL for (int r = 0; r < 2; r++) {
            now[r] = fmaxf(now[r], shuffle_xor(now[r], 1));
            now[r] = fmaxf(now[r], shuffle_xor(now[r], 2));
            float factor = fast_exp(LN2 * (most[r] - now[r]));
            most[r] = now[r];
            sum[r] *= factor;
            UNROLL for (int i = 0; i < D / 8; i++) UNROLL for (int e = 2 * r; e < 2 * r + 2; e++) mixed[i][e] *= factor;
        }
        UNROLL for (int j = 0; j < FLASH_KEYS / 8; j++) UNROLL for (int e = 0; e < 4; e++) {
            scores[j][e] = fast_exp(LN2 * (scores[j][e] - most[e / 2]));
            sum[e / 2] += scores[j][e];
        }
        UNROLL for (int j = 0; j < FLASH_KEYS / 8; j += 2) {
            // Results of two products side by side are the left operand of the next.
            uint32_t weights[4] = {pack_bf16(scores[j][0], scores[j][1]), pack_bf16(scores[j][2], scores[j][3]),
                                   pack_bf16(scores[j + 1][0], scores[j + 1][1]), pack_bf16(scores[j + 1][2], scores[j + 1][3])};
            UNROLL for (int i = 0; i < D / 8; i += 2) {
                uint32_t pair[4];
                ldmatrix_x4_trans(pair, values + (8 * j + lane % 16) * pitch + 8 * i + lane / 16 * 8);
                uint32_t first[2] = {pair[0], pair[1]}, second[2] = {pair[2], pair[3]};
                mma_bf16(mixed[i], weights, first);
                mma_bf16(mixed[i + 1], weights, second);
            }
        }
    }

    /// Calls result(row, column, value) for each of this lane's numbers.
    template <class Result>
    DEVICE void results(Result result) {
        int lane = threadIdx.x % 32;
        UNROLL for (int r = 0; r < 2; r++) {
            sum[r] += shuffle_xor(sum[r], 1);
            sum[r] += shuffle_xor(sum[r], 2);
        }
        UNROLL for (int i = 0; i < D / 8; i++) UNROLL for (int e = 0; e < 4; e++) {
            result(lane / 4 + e / 2 * 8, 8 * i + lane % 4 * 2 + e % 2, mixed[i][e] / sum[e / 2]);
        }
    }

    static constexpr float LN2 = 0.69314718f, LOG2_E = 1.44269504f;
};
