// The language of the kernels: CUDA C++ under names that nvcc and the host simulator both understand. README.md has the
// conventions. This is the only place that asks who compiles.
#pragma once

#ifdef __CUDACC__
#include "gpu.cuh"
#else
#include "../native/wrappers.hpp"
#endif

/// A brain float: the upper half of a float32.
struct bf16 {
    uint16_t bits;
};

DEVICE float to_float(float v) { return v; }
DEVICE float to_float(bf16 v) {
    uint32_t bits = static_cast<uint32_t>(v.bits) << 16;
    return __uint_as_float(bits);
}

template <class T>
DEVICE T from_float(float v);
template <>
DEVICE float from_float<float>(float v) { return v; }
template <>
DEVICE bf16 from_float<bf16>(float v) { return bf16{round_to_bf16(v)}; }

/// The two bfloat16 of a packed word.
DEVICE float bf16_low(uint32_t packed) { return __uint_as_float(packed << 16); }
DEVICE float bf16_high(uint32_t packed) { return __uint_as_float(packed & 0xffff0000u); }

/// Four elements at once; the address must be on a boundary of four elements.
template <class T>
DEVICE float4 load4(const T* from);
template <>
DEVICE float4 load4<float>(const float* from) { return *reinterpret_cast<const float4*>(from); }
template <>
DEVICE float4 load4<bf16>(const bf16* from) {
    uint2 packed = *reinterpret_cast<const uint2*>(from);
    return make_float4(bf16_low(packed.x), bf16_high(packed.x), bf16_low(packed.y), bf16_high(packed.y));
}

template <class T>
DEVICE void store4(T* to, float4 v);
template <>
DEVICE void store4<float>(float* to, float4 v) { *reinterpret_cast<float4*>(to) = v; }
template <>
DEVICE void store4<bf16>(bf16* to, float4 v) {
    *reinterpret_cast<uint2*>(to) = make_uint2(pack_bf16(v.x, v.y), pack_bf16(v.z, v.w));
}

/// Sum over a one-dimensional block of whole warps, the same in every thread: lanes first, then warps in order.
/// `shared32` has room for 32 floats and may be used again at once.
DEVICE float block_sum(float v, float* shared32) {
    v = warp_sum(v);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    if (lane == 0) shared32[warp] = v;
    sync_block();
    v = lane < static_cast<int>(blockDim.x / 32) ? shared32[lane] : 0.0f;
    sync_block();
    return warp_sum(v);
}

/// Maximum over a one-dimensional block of whole warps, the same in every thread.
DEVICE float block_max(float v, float* shared32) {
    v = warp_max(v);
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    if (lane == 0) shared32[warp] = v;
    sync_block();
    v = lane < static_cast<int>(blockDim.x / 32) ? shared32[lane] : -INFINITY;
    sync_block();
    return warp_max(v);
}

/// This thread's number over the whole launch, in x.
DEVICE long long global_thread() { return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x; }
/// How many threads the launch has in x.
DEVICE long long global_threads() { return static_cast<long long>(gridDim.x) * blockDim.x; }
