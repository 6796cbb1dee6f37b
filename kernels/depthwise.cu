#include "mat_finish.cuh"

// Convolutions with a kernel for each channel, stride 1. Weights are [kH, kW, channels], so that neighbouring threads read
// neighbouring channels of every operand.

enum { DEPTHWISE_THREADS = 256, DEPTHWISE_LANES = 32, DEPTHWISE_WARPS = DEPTHWISE_THREADS / DEPTHWISE_LANES };

/// Java: CudaDepthwise. Windows of `in` [n, h, w, channels], the first of which begins `top` rows and `left` columns
/// outside; there are outH x outW of them in an image.
struct Depthwise {
    Finish finish;
    const void* in;
    const void* other;      // the taps, or for a weight gradient the gradients of the windows' results
    long long inPitch, otherPitch;
    int n, h, w, channels, outH, outW, kH, kW, top, left;
    int turned;             // the taps go from the last to the first
    int otherBf16;
};

/// Element (row, column) of an image, or 0 outside.
template <typename T>
DEVICE float pixel_or_zero(const Depthwise& d, int image, int row, int column, int channel) {
    if (row < 0 || row >= d.h || column < 0 || column >= d.w) return 0.0f;
    long long line = (static_cast<long long>(image) * d.h + row) * d.w + column;
    return to_float(static_cast<const T*>(d.in)[line * d.inPitch + channel]);
}

/// A result for each thread: forward, and with turned taps the data gradient.
template <typename T>
DEVICE void depthwise_windows(const Depthwise& d) {
    long long count = static_cast<long long>(d.finish.rows) * d.channels;
    int taps = d.kH * d.kW;
    for (long long i = global_thread(); i < count; i += global_threads()) {
        int channel = static_cast<int>(i % d.channels), result = static_cast<int>(i / d.channels);
        int column = result % d.outW - d.left, row = result / d.outW % d.outH - d.top;
        int image = result / d.outW / d.outH;
        float sum = 0.0f;
        for (int a = 0; a < d.kH; a++) {
            for (int b = 0; b < d.kW; b++) {
                int tap = d.turned ? taps - 1 - (a * d.kW + b) : a * d.kW + b;
                float weight = read_either(d.other, static_cast<long long>(tap) * d.channels + channel, d.otherBf16);
                sum = fmaf(weight, pixel_or_zero<T>(d, image, row + a, column + b, channel), sum);
            }
        }
        finish(d.finish, 0, result, channel, sum);
    }
}

/// 32 channels of one tap (blockIdx.y), summed over the pixels of one part (blockIdx.z): a warp takes every eighth.
template <typename T>
DEVICE void depthwise_weights(const Depthwise& d) {
    SHARED(float, sums, [DEPTHWISE_WARPS][DEPTHWISE_LANES]);
    int lane = threadIdx.x % DEPTHWISE_LANES, warp = threadIdx.x / DEPTHWISE_LANES;
    int channel = blockIdx.x * DEPTHWISE_LANES + lane, tap = blockIdx.y, parts = gridDim.z;
    long long pixels = static_cast<long long>(d.n) * d.outH * d.outW;
    long long begin = pixels * blockIdx.z / parts, end = pixels * (blockIdx.z + 1) / parts;
    float sum = 0.0f;
    if (channel < d.channels) {
        for (long long p = begin + warp; p < end; p += DEPTHWISE_WARPS) {
            int column = static_cast<int>(p % d.outW) - d.left + tap % d.kW;
            int row = static_cast<int>(p / d.outW % d.outH) - d.top + tap / d.kW;
            float g = read_either(d.other, p * d.otherPitch + channel, d.otherBf16);
            sum = fmaf(g, pixel_or_zero<T>(d, static_cast<int>(p / d.outW / d.outH), row, column, channel), sum);
        }
    }
    sums[warp][lane] = sum;
    sync_block();
    if (warp == 0 && channel < d.channels) {
        for (int i = 1; i < DEPTHWISE_WARPS; i++) sum += sums[i][lane];
        put(d.finish, blockIdx.z, 0, tap, channel, sum);
    }
}

#define DEPTHWISE_KERNELS(T, suffix)                                                                                 \
    KERNEL_BOUNDS(depthwise_windows##suffix, DEPTHWISE_THREADS, 1, (Depthwise d)) {                                  \
        depthwise_windows<T>(d);                                                                                     \
    }                                                                                                                \
    KERNEL_BOUNDS(depthwise_weights##suffix, DEPTHWISE_THREADS, 1, (Depthwise d)) {                                  \
        depthwise_weights<T>(d);                                                                                     \
    }

DEPTHWISE_KERNELS(float, _f32)
DEPTHWISE_KERNELS(bf16, _bf16)
