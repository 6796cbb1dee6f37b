#include "operand.cuh"

// softmax and its logarithm over rows, a block for each row. A row's largest element is taken out first, so that no
// exponential overflows.

enum { SOFTMAX_THREADS = 256 };

template <typename T>
DEVICE void softmax_row(const T* x, long long xPitch, T* y, long long yPitch, int n, int log) {
    SHARED(float, shared, [32]);
    x += blockIdx.x * xPitch;
    y += blockIdx.x * yPitch;
    float max = -INFINITY;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        max = fmaxf(max, to_float(x[i]));
    }
    max = block_max(max, shared);
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        sum += exp_(to_float(x[i]) - max);
    }
    sum = block_sum(sum, shared);
    float logSum = log_(sum);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        float d = to_float(x[i]) - max;
        // the largest is taken off first: it may be so large that the logarithm beside it would be rounded away
        y[i] = from_float<T>(log ? d - logSum : exp_(d) / sum);
    }
}

/// From the output y: dx = y (dy - sum y dy), or for the logarithm dx = dy - exp(y) sum dy.
template <typename T>
DEVICE void softmax_gradient_row(const T* y, long long yPitch, const T* dy, long long dyPitch, T* dx,
                                 long long dxPitch, int n, int log) {
    SHARED(float, shared, [32]);
    y += blockIdx.x * yPitch;
    dy += blockIdx.x * dyPitch;
    dx += blockIdx.x * dxPitch;
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        sum = fmaf(log ? 1 : to_float(y[i]), to_float(dy[i]), sum);
    }
    sum = block_sum(sum, shared);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        float value = to_float(y[i]);
        float gradient = to_float(dy[i]);
        dx[i] = from_float<T>(log ? fmaf(-exp_(value), sum, gradient) : value * (gradient - sum));
    }
}

#define SOFTMAX_KERNELS(T, suffix)                                                                                   \
    KERNEL_BOUNDS(softmax##suffix, SOFTMAX_THREADS, 1,                                                               \
                  (const T* x, long long xPitch, T* y, long long yPitch, int n, int log)) {                          \
        softmax_row(x, xPitch, y, yPitch, n, log);                                                                   \
    }                                                                                                                \
    KERNEL_BOUNDS(softmax_gradient##suffix, SOFTMAX_THREADS, 1,                                                      \
                  (const T* y, long long yPitch, const T* dy, long long dyPitch, T* dx, long long dxPitch, int n,    \
                   int log)) {                                                                                       \
        softmax_gradient_row(y, yPitch, dy, dyPitch, dx, dxPitch, n, log);                                           \
    }

SOFTMAX_KERNELS(float, _f32)
SOFTMAX_KERNELS(bf16, _bf16)
