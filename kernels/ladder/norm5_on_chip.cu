// GroupNorm with SiLU, rung 5: the image's channels are read once and kept in shared memory.
//
// A block takes as many neighbouring groups as fill whole sectors (16 channels) and all pixels of an image, and keeps them,
// where they fit. Gain to expect: one walk over memory instead of two, which is all that a kernel bound by memory can
// gain; the launcher says so where an image does not fit.
#include "anneal.cuh"

enum { NORM5_THREADS = 256 };

DEVICE float silu_of(float v) { return v / (1.0f + exp_(-v)); }

/// `wide` channels a block, a multiple of a group's and of 4.
KERNEL_BOUNDS(ladder_norm5, NORM5_THREADS, 1, (const bf16* x, const float* gamma, const float* beta, bf16* y, int area, int c,
                                               int groups, int wide, float eps)) {
    DYNAMIC_SHARED(float, moments);  // [2][threads], then the image's part
    bf16* kept = reinterpret_cast<bf16*>(moments + 2 * NORM5_THREADS);
    int parts = c / wide, first = blockIdx.x % parts * wide, columns = wide / 4, width = c / groups;
    const bf16* image = x + static_cast<long long>(blockIdx.x / parts) * area * c + first;
    bf16* result = y + static_cast<long long>(blockIdx.x / parts) * area * c + first;
    // Threads stay with their four channels; those of a warp walk through neighbouring ones.
    int rows = NORM5_THREADS / columns, row = threadIdx.x / columns, column = threadIdx.x % columns * 4;
    float centre[4] = {}, sum[4] = {}, squares[4] = {};
    if (row < rows) {
        UNROLL for (int e = 0; e < 4; e++) centre[e] = to_float(image[(column + e) / width * width]);
        for (int p = row; p < area; p += rows) {
            uint2 four = *reinterpret_cast<const uint2*>(image + static_cast<long long>(p) * c + column);
            *reinterpret_cast<uint2*>(kept + p * wide + column) = four;
            float v[4] = {bf16_low(four.x), bf16_high(four.x), bf16_low(four.y), bf16_high(four.y)};
            UNROLL for (int e = 0; e < 4; e++) {
                float d = v[e] - centre[e];
                sum[e] += d;
                squares[e] = fmaf(d, d, squares[e]);
            }
        }
    }
    // One of a thread's four channels at a time: row 0 adds up all rows, in order.
    float scale[4], shift[4];
    UNROLL for (int e = 0; e < 4; e++) {
        sync_block();
        moments[threadIdx.x] = sum[e];
        moments[NORM5_THREADS + threadIdx.x] = squares[e];
        sync_block();
        sum[e] = squares[e] = 0;
        for (int r = 0; row == 0 && r < rows; r++) {
            sum[e] += moments[r * columns + column / 4];
            squares[e] += moments[NORM5_THREADS + r * columns + column / 4];
        }
    }
    sync_block();
    // moments[0 .. 2 wide): a channel's sums, for the channels of its group to add up
    if (row == 0) UNROLL for (int e = 0; e < 4; e++) {
        moments[column + e] = sum[e];
        moments[wide + column + e] = squares[e];
    }
    sync_block();
    float count = static_cast<float>(area) * width;
    UNROLL for (int e = 0; e < 4; e++) {
        int from = (column + e) / width * width;
        float total = 0, second = 0;
        for (int k = from; k < from + width && from < wide; k++) {
            total += moments[k];
            second += moments[wide + k];
        }
        float offset = total / count, rstd = rsqrt_(fmaxf(second / count - offset * offset, 0.0f) + eps);
        bool there = row < rows;
        scale[e] = there ? rstd * gamma[first + column + e] : 0;
        shift[e] = there ? beta[first + column + e] - (centre[e] + offset) * scale[e] : 0;
    }
    for (int p = row; row < rows && p < area; p += rows) {
        float4 v = load4(kept + p * wide + column);
        store4(result + static_cast<long long>(p) * c + column,
               make_float4(silu_of(fmaf(v.x, scale[0], shift[0])), silu_of(fmaf(v.y, scale[1], shift[1])),
                           silu_of(fmaf(v.z, scale[2], shift[2])), silu_of(fmaf(v.w, scale[3], shift[3]))));
    }
}
