#include "operand.cuh"

// Reductions over any axes: out = alpha fold(in) + beta out. A block has `wide` output elements side by side and 256 /
// wide rows of threads that share their elements; a fold with many elements and few outputs is cut into chunks, whose
// results a second launch folds. The cuts follow from the shape alone, the order within them from the threads'
// numbers.

enum { REDUCE_THREADS = 256, REDUCE_AXES = 6 };

/// Extents, outermost first, and strides of the input in elements; unused ones are 1 at the front.
struct ReduceShape {
    long long keptDims[REDUCE_AXES];
    long long keptStrides[REDUCE_AXES];
    long long foldedDims[REDUCE_AXES];
    long long foldedStrides[REDUCE_AXES];
    long long outputs;
    long long folded;      // elements of a fold
    long long chunk;       // elements of a block's part of a fold
    long long wide;
    long long outColumns;  // extent of the output's last axis
};

DEVICE long long offset(long long i, const long long* dims, const long long* strides) {
    long long at = 0;
    for (int axis = REDUCE_AXES - 1; i != 0 && axis >= 0; axis--) {
        if (dims[axis] == 1) {
            continue;
        }
        // most indices fit into 32 bits, whose division is several times faster
        if ((i | dims[axis]) >> 32 == 0) {
            unsigned d = static_cast<unsigned>(dims[axis]);
            unsigned q = static_cast<unsigned>(i) / d;
            at += (static_cast<unsigned>(i) - q * d) * strides[axis];
            i = q;
        } else {
            at += i % dims[axis] * strides[axis];
            i /= dims[axis];
        }
    }
    return at;
}

/// 0: sum, 1: sum of squares, 2: maximum, NaN if any is.
DEVICE float fold(int fn, float a, float b) {
    return fn != 2 ? a + b : a > b || a != a ? a : b;
}

template <typename T>
DEVICE void reduce_block(int fn, const T* in, const ReduceShape& s, const Operand& out, float alpha, float beta) {
    SHARED(float, parts, [REDUCE_THREADS]);
    int wide = static_cast<int>(s.wide);
    int rows = REDUCE_THREADS / wide;
    int row = threadIdx.x / wide;
    long long output = blockIdx.x * s.wide + threadIdx.x % wide;
    float value = fn == 2 ? -INFINITY : 0;
    if (output < s.outputs) {
        const T* from = in + offset(output, s.keptDims, s.keptStrides);
        long long end = (blockIdx.y + 1) * s.chunk;
        end = end < s.folded ? end : s.folded;
        for (long long i = blockIdx.y * s.chunk + row; i < end; i += rows) {
            float x = to_float(from[offset(i, s.foldedDims, s.foldedStrides)]);
            value = fn == 1 ? fmaf(x, x, value) : fold(fn, value, x);
        }
    }
    parts[threadIdx.x] = value;
    for (int half = rows / 2; half > 0; half /= 2) {
        sync_block();
        if (row < half) {
            parts[threadIdx.x] = fold(fn, parts[threadIdx.x], parts[threadIdx.x + half * wide]);
        }
    }
    if (row == 0 && output < s.outputs) {
        long long place = blockIdx.y * s.outputs + output;
        long long r = place / s.outColumns;
        int c = static_cast<int>(place % s.outColumns);
        value = alpha * parts[threadIdx.x];
        out.set(r, c, beta == 0 ? value : fmaf(out.at(r, c), beta, value));
    }
}

#define REDUCE_KERNEL(T, suffix)                                                                                     \
    KERNEL_BOUNDS(reduce##suffix, REDUCE_THREADS, 1,                                                                 \
                  (int fn, const T* in, ReduceShape s, Operand out, float alpha, float beta)) {                      \
        reduce_block(fn, in, s, out, alpha, beta);                                                                   \
    }

REDUCE_KERNEL(float, _f32)
REDUCE_KERNEL(bf16, _bf16)
