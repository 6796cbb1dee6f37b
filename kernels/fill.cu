// Setting every element of a buffer.
#include "anneal.cuh"

/// out[r * pitch + c] = value for r < rows, c < columns.
template <class T>
DEVICE void fill(T* out, long long rows, long long columns, long long pitch, T value) {
    long long n = rows * columns;
    for (long long i = global_thread(); i < n; i += global_threads()) {
        out[i / columns * pitch + i % columns] = value;
    }
}

KERNEL(fill_f32, (float* out, long long rows, long long columns, long long pitch, float value)) {
    fill(out, rows, columns, pitch, value);
}

KERNEL(fill_f64, (double* out, long long rows, long long columns, long long pitch, double value)) {
    fill(out, rows, columns, pitch, value);
}

KERNEL(fill_bf16, (bf16* out, long long rows, long long columns, long long pitch, float value)) {
    fill(out, rows, columns, pitch, from_float<bf16>(value));
}

KERNEL(fill_i32, (int* out, long long rows, long long columns, long long pitch, int value)) {
    fill(out, rows, columns, pitch, value);
}
