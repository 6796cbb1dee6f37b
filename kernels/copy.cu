#include "operand.cuh"

// Strided copies with conversion between element types: permute, slice, pad, concatenate, flip, cast, broadcast.

enum { COPY_THREADS = 256, COPY_AXES = 8 };

/// Extents, outermost first and 1 where unused, and strides in elements.
struct CopyShape {
    long long dims[COPY_AXES];
    long long from[COPY_AXES];
    long long to[COPY_AXES];
    long long size;
};

DEVICE float convert(float v, float) {
    return v;
}

DEVICE float convert(bf16 v, float) {
    return to_float(v);
}

DEVICE float convert(int v, float) {
    return static_cast<float>(v);
}

DEVICE float convert(double v, float) {
    return static_cast<float>(v);
}

template <typename From>
DEVICE bf16 convert(From v, bf16) {
    return from_float<bf16>(convert(v, 0.0f));
}

DEVICE int convert(int v, int) {
    return v;
}

/// Truncated, and limited to what an int can hold, as in Java.
DEVICE int convert(double v, int) {
    return v != v ? 0 : v >= 2147483647.0 ? 2147483647 : v <= -2147483648.0 ? -2147483647 - 1 : static_cast<int>(v);
}

DEVICE int convert(float v, int) {
    return convert(static_cast<double>(v), 0);
}

DEVICE int convert(bf16 v, int) {
    return convert(static_cast<double>(to_float(v)), 0);
}

DEVICE double convert(double v, double) {
    return v;
}

DEVICE double convert(int v, double) {
    return v;
}

DEVICE double convert(float v, double) {
    return v;
}

DEVICE double convert(bf16 v, double) {
    return to_float(v);
}

/// Sums are taken in float, of whole numbers and of doubles in their own type.
DEVICE float sum(float a, float b) {
    return a + b;
}

DEVICE bf16 sum(bf16 a, bf16 b) {
    return from_float<bf16>(to_float(a) + to_float(b));
}

DEVICE int sum(int a, int b) {
    return static_cast<int>(static_cast<unsigned>(a) + static_cast<unsigned>(b));
}

DEVICE double sum(double a, double b) {
    return a + b;
}

template <typename From, typename To>
DEVICE void copy_elements(const From* src, To* dst, const CopyShape& s, int accumulate) {
    long long step = static_cast<long long>(gridDim.x) * COPY_THREADS;
    for (long long i = static_cast<long long>(blockIdx.x) * COPY_THREADS + threadIdx.x; i < s.size; i += step) {
        long long rest = i;
        long long from = 0;
        long long to = 0;
        for (int axis = COPY_AXES - 1; rest != 0 && axis >= 0; axis--) {
            if (s.dims[axis] == 1) {
                continue;
            }
            long long q;
            if ((rest | s.dims[axis]) >> 32 == 0) {
                q = static_cast<unsigned>(rest) / static_cast<unsigned>(s.dims[axis]);
            } else {
                q = rest / s.dims[axis];
            }
            from += (rest - q * s.dims[axis]) * s.from[axis];
            to += (rest - q * s.dims[axis]) * s.to[axis];
            rest = q;
        }
        To value = convert(src[from], To());
        dst[to] = accumulate ? sum(dst[to], value) : value;
    }
}

#define COPY_KERNEL(From, To, name)                                                                                  \
    KERNEL_BOUNDS(copy_##name, COPY_THREADS, 1, (const From* src, To* dst, CopyShape s, int accumulate)) {           \
        copy_elements(src, dst, s, accumulate);                                                                      \
    }

#define COPY_KERNELS(From, from)                                                                                     \
    COPY_KERNEL(From, float, from##_f32)                                                                             \
    COPY_KERNEL(From, double, from##_f64)                                                                            \
    COPY_KERNEL(From, bf16, from##_bf16)                                                                             \
    COPY_KERNEL(From, int, from##_i32)

COPY_KERNELS(float, f32)
COPY_KERNELS(double, f64)
COPY_KERNELS(bf16, bf16)
COPY_KERNELS(int, i32)
