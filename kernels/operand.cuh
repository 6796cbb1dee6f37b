#pragma once
#include "anneal.cuh"

/// A matrix whose element type is known at run time only: small operands (statistics, scales, parameter gradients) may
/// be float32 beside bfloat16 activations. All fields have 8 bytes, so that the Java side needs no padding.
struct Operand {
    void* data;        // of element (0, 0), or 0 when there is no such operand
    long long pitch;   // elements from one row to the next
    long long type;    // 0: float, 1: bf16

    DEVICE bool present() const {
        return data != nullptr;
    }

    /// Element i of a dense one.
    DEVICE float element(long long i) const {
        return type == 0 ? static_cast<const float*>(data)[i] : to_float(static_cast<const bf16*>(data)[i]);
    }

    DEVICE void put(long long i, float value) const {
        if (type == 0) {
            static_cast<float*>(data)[i] = value;
        } else {
            static_cast<bf16*>(data)[i] = from_float<bf16>(value);
        }
    }

    DEVICE float at(long long row, int column) const {
        return element(row * pitch + column);
    }

    DEVICE float at_or(float otherwise, long long row, int column) const {
        return present() ? at(row, column) : otherwise;
    }

    DEVICE void set(long long row, int column, float value) const {
        put(row * pitch + column, value);
    }

    /// As set, unless the result is not wanted.
    DEVICE void offer(long long row, int column, float value) const {
        if (present()) {
            set(row, column, value);
        }
    }
};

// Beside single floats of the same address, float32 vectors go as words: g++ merges the accesses of both branches where
// their types are the same, and then takes all of them to be on a vector's boundary.
DEVICE float4 load_aligned(const float* from) {
    uint4 w = *reinterpret_cast<const uint4*>(from);
    return make_float4(__uint_as_float(w.x), __uint_as_float(w.y), __uint_as_float(w.z), __uint_as_float(w.w));
}

DEVICE float4 load_aligned(const bf16* from) {
    return load4<bf16>(from);
}

DEVICE void store_aligned(float* to, float4 v) {
    *reinterpret_cast<uint4*>(to) = make_uint4(__float_as_uint(v.x), __float_as_uint(v.y), __float_as_uint(v.z),
                                               __float_as_uint(v.w));
}

DEVICE void store_aligned(bf16* to, float4 v) {
    store4<bf16>(to, v);
}

/// V neighbouring elements; as one access where their address allows it.
template <int V, typename T>
DEVICE void load_elements(const T* from, bool aligned, float (&v)[V]) {
    if (V == 4 && aligned) {
        float4 f = load_aligned(from);
        v[0] = f.x;
        v[1 % V] = f.y;
        v[2 % V] = f.z;
        v[3 % V] = f.w;
    } else {
        for (int i = 0; i < V; i++) {
            v[i] = to_float(from[i]);
        }
    }
}

template <int V, typename T>
DEVICE void store_elements(T* to, bool aligned, const float (&v)[V]) {
    if (V == 4 && aligned) {
        store_aligned(to, make_float4(v[0], v[1 % V], v[2 % V], v[3 % V]));
    } else {
        for (int i = 0; i < V; i++) {
            to[i] = from_float<T>(v[i]);
        }
    }
}
