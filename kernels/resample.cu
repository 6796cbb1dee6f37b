#include "operand.cuh"

// Nearest-neighbour doubling and 2x2 means of images [n, h, w, channels]: y = alpha resample(x) + beta y.

enum { RESAMPLE_THREADS = 256 };

/// A row of pixels [w, channels] of x and y for each blockIdx.x; blockIdx.y cuts the output row.
template <int V, typename T>
DEVICE void resample_row(int kind, const T* x, long long xPitch, int h, int w, T* y, long long yPitch, int outH,
                         int outW, int channels, float alpha, float beta) {
    int row = blockIdx.x % outH;
    long long image = blockIdx.x / outH;
    int columns = channels / V;
    long long i = static_cast<long long>(blockIdx.y) * RESAMPLE_THREADS + threadIdx.x;
    if (i >= static_cast<long long>(outW) * columns) {
        return;
    }
    int column = static_cast<int>(i / columns);
    int channel = static_cast<int>(i % columns) * V;
    float v[V];
    if (kind == 2) {
        const T* corner = x + ((image * h + 2 * row) * w + 2 * column) * xPitch + channel;
        float part[4][V];
        for (int j = 0; j < 4; j++) {
            load_elements<V>(corner + (static_cast<long long>(j / 2) * w + j % 2) * xPitch, true, part[j]);
        }
        for (int k = 0; k < V; k++) {
            v[k] = 0.25f * ((part[0][k] + part[1][k]) + (part[2][k] + part[3][k]));
        }
    } else {
        int shift = kind == 1 ? 1 : 0;
        load_elements<V>(x + ((image * h + (row >> shift)) * w + (column >> shift)) * xPitch + channel, true, v);
    }
    T* to = y + ((image * outH + row) * outW + column) * yPitch + channel;
    float old[V] = {};
    if (beta != 0) {
        load_elements<V>(to, true, old);
    }
    for (int k = 0; k < V; k++) {
        v[k] = fmaf(old[k], beta, alpha * v[k]);
    }
    store_elements<V>(to, true, v);
}

#define RESAMPLE_KERNEL(T, suffix, V)                                                                                \
    KERNEL_BOUNDS(resample_v##V##suffix, RESAMPLE_THREADS, 1,                                                        \
                  (int kind, const T* x, long long xPitch, int h, int w, T* y, long long yPitch, int outH, int outW, \
                   int channels, float alpha, float beta)) {                                                         \
        resample_row<V>(kind, x, xPitch, h, w, y, yPitch, outH, outW, channels, alpha, beta);                        \
    }

RESAMPLE_KERNEL(float, _f32, 1)
RESAMPLE_KERNEL(float, _f32, 4)
RESAMPLE_KERNEL(bf16, _bf16, 1)
RESAMPLE_KERNEL(bf16, _bf16, 4)
