// The GPU's side of anneal.cuh: PTX and CUDA intrinsics under the names that the kernels use. Needs sm_80.
#pragma once

#include <cmath>
#include <cstdint>

#define KERNEL(name, parameters) extern "C" __global__ void name parameters
#define KERNEL_BOUNDS(name, max_threads, min_blocks, parameters) \
    extern "C" __global__ void __launch_bounds__(max_threads, min_blocks) name parameters
#define DEVICE __device__ __forceinline__
#define UNROLL _Pragma("unroll")

#define SHARED(type, name, extents) __shared__ __align__(16) type name extents
// One name for all: extern arrays of different types must not differ in type under one name.
extern __shared__ __align__(128) unsigned char anneal_dynamic_shared[];
#define DYNAMIC_SHARED(type, name) type* const name = reinterpret_cast<type*>(anneal_dynamic_shared)

DEVICE void sync_block() { __syncthreads(); }
DEVICE void sync_warp() { __syncwarp(); }

template <class T>
DEVICE T shuffle(T v, int lane) { return __shfl_sync(0xffffffffu, v, lane); }
template <class T>
DEVICE T shuffle_xor(T v, int mask) { return __shfl_xor_sync(0xffffffffu, v, mask); }
template <class T>
DEVICE T shuffle_down(T v, int delta) { return __shfl_down_sync(0xffffffffu, v, delta); }

DEVICE float warp_sum(float v) {
    UNROLL for (int mask = 16; mask > 0; mask /= 2) v += shuffle_xor(v, mask);
    return v;
}
DEVICE float warp_max(float v) {
    UNROLL for (int mask = 16; mask > 0; mask /= 2) v = fmaxf(v, shuffle_xor(v, mask));
    return v;
}

// Arithmetic. The underscored ones are as accurate as CUDA's standard functions; the first three never contract.

DEVICE float fma_(float a, float b, float c) { return __fmaf_rn(a, b, c); }
DEVICE float mul_(float a, float b) { return __fmul_rn(a, b); }
DEVICE float add_(float a, float b) { return __fadd_rn(a, b); }
DEVICE float exp_(float x) { return expf(x); }
DEVICE float log_(float x) { return logf(x); }
DEVICE float tanh_(float x) { return tanhf(x); }
DEVICE float sqrt_(float x) { return sqrtf(x); }
DEVICE float rsqrt_(float x) { return rsqrtf(x); }
DEVICE float sin_(float x) { return sinf(x); }
DEVICE float cos_(float x) { return cosf(x); }
DEVICE float erf_(float x) { return erff(x); }
DEVICE float pow_(float x, float y) { return powf(x, y); }
DEVICE float fast_exp(float x) { return __expf(x); }

DEVICE uint16_t round_to_bf16(float f) {
    uint16_t bits;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(f));
    return bits;
}
/// The lower half is `lo`.
DEVICE uint32_t pack_bf16(float lo, float hi) {
    uint32_t packed;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(hi), "f"(lo));
    return packed;
}
DEVICE uint32_t to_tf32(float f) {
    uint32_t bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(f));
    return bits;
}

/// d += a b: a is 16x16 in rows, b is 16x8 in columns, both bfloat16; d is 16x8.
DEVICE void mma_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/// d += a b: a is 16x8 in rows, b is 8x8 in columns, both tf32; d is 16x8.
DEVICE void mma_tf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

DEVICE uint32_t shared_address(const void* p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }

DEVICE void ldmatrix_x4(uint32_t (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}
DEVICE void ldmatrix_x2(uint32_t (&r)[2], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1]) : "r"(shared_address(row)) : "memory");
}
DEVICE void ldmatrix_x4_trans(uint32_t (&r)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(shared_address(row)) : "memory");
}
DEVICE void ldmatrix_x2_trans(uint32_t (&r)[2], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0,%1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1]) : "r"(shared_address(row)) : "memory");
}

/// 16 bytes from global to shared memory, past the first-level cache; zeros if not `valid`, and then nothing is read.
DEVICE void copy_async_16(void* shared, const void* global, bool valid = true) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :: "r"(shared_address(shared)), "l"(__cvta_generic_to_global(global)), "r"(valid ? 16 : 0) : "memory");
}
DEVICE void copy_async_4(void* shared, const void* global, bool valid = true) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;"
                 :: "r"(shared_address(shared)), "l"(__cvta_generic_to_global(global)), "r"(valid ? 4 : 0) : "memory");
}
DEVICE void copy_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
/// Waits until at most the newest N groups are still on their way.
template <int N>
DEVICE void copy_async_wait() { asm volatile("cp.async.wait_group %0;" :: "n"(N) : "memory"); }
