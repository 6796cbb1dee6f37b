// The simulator's side of kernels/anneal.cuh: the same names that kernels/gpu.cuh defines with PTX.
#pragma once

#include "cuda_names.hpp"

#define KERNEL(name, parameters)                                         \
    static void name parameters;                                         \
    static const ::sim::Registration name##_registered{#name, &name};    \
    static void name parameters
#define KERNEL_BOUNDS(name, max_threads, min_blocks, parameters)                      \
    static void name parameters;                                                      \
    static const ::sim::Registration name##_registered{#name, &name, (max_threads)};  \
    static void name parameters
// Always inlined, as on the GPU; so files may use one name for different helpers.
#define DEVICE inline __attribute__((always_inline))
#define UNROLL

/// One declaration of shared memory; every use of SHARED in the source (and in each instantiation) is one.
#define SHARED(type, name, extents)                                             \
    static const int name##_declaration = ::sim::next_declaration();            \
    type(&name) extents = *reinterpret_cast<type(*) extents>(                   \
            ::sim::here().shared(name##_declaration, sizeof(type extents)))
#define DYNAMIC_SHARED(type, name) type* const name = reinterpret_cast<type*>(::sim::here().dynamic_shared())

// Default arguments are evaluated where the function is called: that is the line to report.
#define SIM_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()

namespace sim {

inline int next_declaration() {
    static std::atomic<int> next{0};
    return next++;
}

inline int lane() { return here().current->number % warp_size; }

/// Exchange of one word between lanes: `from(lane)` says whose word a lane gets.
struct Exchange {
    uint32_t word;
    int from;
    uint32_t result;
};

inline uint32_t exchange(uint32_t word, int from, Site site) {
    Exchange mine{word, from, 0};
    here().collective(site, &mine, [](void** operands, uint32_t lanes) {
        for (int l = 0; l < warp_size; l++) {
            if (lanes >> l & 1) {
                auto& e = *static_cast<Exchange*>(operands[l]);
                bool there = e.from >= 0 && e.from < warp_size && (lanes >> e.from & 1);
                e.result = there ? static_cast<Exchange*>(operands[e.from])->word : poison_word;
            }
        }
    });
    return mine.result;
}

template <class T>
inline T exchange(T v, int from, Site site) {
    static_assert(sizeof(T) == 4, "shuffles move 4 bytes");
    uint32_t word;
    std::memcpy(&word, &v, 4);
    word = exchange(word, from, site);
    std::memcpy(&v, &word, 4);
    return v;
}

/// A butterfly over the warp in the order of the GPU's: 16, 8, 4, 2, 1.
template <class F>
inline float butterfly(float v, Site site, F combine) {
    here().collective(site, &v, [&](void** operands, uint32_t lanes) {
        float now[warp_size], then[warp_size];
        for (int l = 0; l < warp_size; l++) {
            if (lanes >> l & 1) now[l] = *static_cast<float*>(operands[l]);
            else std::memcpy(&now[l], &poison_word, 4);
        }
        for (int mask = warp_size / 2; mask > 0; mask /= 2) {
            for (int l = 0; l < warp_size; l++) then[l] = combine(now[l], now[l ^ mask]);
            std::memcpy(now, then, sizeof now);
        }
        for (int l = 0; l < warp_size; l++) {
            if (lanes >> l & 1) *static_cast<float*>(operands[l]) = now[l];
        }
    });
    return v;
}

inline void sync_warp(Site site) {
    if (notice::left_out(site)) return;
    int warp = here().current->number / warp_size, nothing = 0;
    notice::warp_arrives(warp);
    here().collective(site, &nothing, [warp](void**, uint32_t) { notice::warp_barrier(warp); });
    notice::warp_leaves(warp);
}

inline float bf16_bits_to_float(uint32_t bits) { return __uint_as_float(bits << 16); }

}  // namespace sim

DEVICE void sync_block(SIM_SITE) { sim::here().sync_block({"sync_block", file, line}); }
DEVICE void sync_warp(SIM_SITE) { sim::sync_warp({"sync_warp", file, line}); }

template <class T>
DEVICE T shuffle(T v, int lane, SIM_SITE) { return sim::exchange(v, lane & 31, {"shuffle", file, line}); }
template <class T>
DEVICE T shuffle_xor(T v, int mask, SIM_SITE) {
    return sim::exchange(v, sim::lane() ^ mask, {"shuffle_xor", file, line});
}
/// The value of the lane `delta` further on; the last `delta` lanes keep their own.
template <class T>
DEVICE T shuffle_down(T v, int delta, SIM_SITE) {
    int from = sim::lane() + delta;
    return sim::exchange(v, from < 32 ? from : sim::lane(), {"shuffle_down", file, line});
}

DEVICE float warp_sum(float v, SIM_SITE) {
    return sim::butterfly(v, {"warp_sum", file, line}, [](float a, float b) { return a + b; });
}
DEVICE float warp_max(float v, SIM_SITE) {
    return sim::butterfly(v, {"warp_max", file, line}, [](float a, float b) { return fmaxf(a, b); });
}

// Arithmetic

DEVICE float fma_(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
DEVICE float mul_(float a, float b) { return a * b; }  // built with -ffp-contract=off
DEVICE float add_(float a, float b) { return a + b; }
DEVICE float exp_(float x) { return expf(x); }
DEVICE float log_(float x) { return logf(x); }
DEVICE float tanh_(float x) { return tanhf(x); }
DEVICE float sqrt_(float x) { return sqrtf(x); }
DEVICE float rsqrt_(float x) { return 1.0f / sqrtf(x); }
DEVICE float sin_(float x) { return sinf(x); }
DEVICE float cos_(float x) { return cosf(x); }
DEVICE float erf_(float x) { return erff(x); }
DEVICE float pow_(float x, float y) { return powf(x, y); }
DEVICE float fast_exp(float x) { return expf(x); }

/// Rounds to nearest even; NaN stays NaN.
DEVICE uint16_t round_to_bf16(float f) {
    uint32_t u = __float_as_uint(f);
    if (f != f) return static_cast<uint16_t>(u >> 16 | 0x40);
    return static_cast<uint16_t>((u + 0x7fff + (u >> 16 & 1)) >> 16);
}
/// The lower half is `lo`.
DEVICE uint32_t pack_bf16(float lo, float hi) {
    return round_to_bf16(lo) | static_cast<uint32_t>(round_to_bf16(hi)) << 16;
}
/// Rounds to the 10 bits of tf32's mantissa, ties away from zero, as cvt.rna does.
DEVICE uint32_t to_tf32(float f) {
    uint32_t u = __float_as_uint(f);
    return f != f || (u & 0x7f800000) == 0x7f800000 ? u : (u + 0x1000) & 0xffffe000;
}

// Tensor cores (PTX ISA, "Matrix Fragments for mma.m16n8k16" and "mma.m16n8k8")

namespace sim {

struct Mma {
    float* d;
    const uint32_t* a;
    const uint32_t* b;
};

/// d += a b from everyone's fragments, once they are spread out as [16][K] and [K][8].
template <int K>
inline void multiply(void** operands, const float (&a)[16][K], const float (&b)[K][8]) {
    for (int g = 0; g < 8; g++) {
        float low[8], high[8];
        for (int t = 0; t < 4; t++) {
            const float* d = static_cast<Mma*>(operands[g * 4 + t])->d;
            low[2 * t] = d[0];
            low[2 * t + 1] = d[1];
            high[2 * t] = d[2];
            high[2 * t + 1] = d[3];
        }
        for (int k = 0; k < K; k++) {
            for (int j = 0; j < 8; j++) {
                low[j] += a[g][k] * b[k][j];
                high[j] += a[g + 8][k] * b[k][j];
            }
        }
        for (int t = 0; t < 4; t++) {
            float* d = static_cast<Mma*>(operands[g * 4 + t])->d;
            d[0] = low[2 * t];
            d[1] = low[2 * t + 1];
            d[2] = high[2 * t];
            d[3] = high[2 * t + 1];
        }
    }
}

inline void need_whole_warp(uint32_t lanes, const char* what) {
    if (lanes != ~0u) here().fail(std::string(what) + " by a warp of fewer than 32 threads: " + here().here());
}

}  // namespace sim

/// d += a b: a is 16x16 in rows, b is 16x8 in columns, both bfloat16; d is 16x8.
DEVICE void mma_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], SIM_SITE) {
    sim::Mma mine{d, a, b};
    sim::here().collective({"mma_bf16", file, line}, &mine, [](void** operands, uint32_t lanes) {
        sim::need_whole_warp(lanes, "mma_bf16");
        sim::notice::tensor_product(16 * 8 * 16);
        float whole_a[16][16], whole_b[16][8];
        for (int l = 0; l < 32; l++) {
            auto& m = *static_cast<sim::Mma*>(operands[l]);
            int g = l / 4, t = l % 4;
            for (int i = 0; i < 2; i++) {
                int shift = 16 * i;
                whole_a[g][2 * t + i] = sim::bf16_bits_to_float(m.a[0] >> shift & 0xffff);
                whole_a[g + 8][2 * t + i] = sim::bf16_bits_to_float(m.a[1] >> shift & 0xffff);
                whole_a[g][2 * t + 8 + i] = sim::bf16_bits_to_float(m.a[2] >> shift & 0xffff);
                whole_a[g + 8][2 * t + 8 + i] = sim::bf16_bits_to_float(m.a[3] >> shift & 0xffff);
                whole_b[2 * t + i][g] = sim::bf16_bits_to_float(m.b[0] >> shift & 0xffff);
                whole_b[2 * t + 8 + i][g] = sim::bf16_bits_to_float(m.b[1] >> shift & 0xffff);
            }
        }
        sim::multiply(operands, whole_a, whole_b);
    });
}

/// d += a b: a is 16x8 in rows, b is 8x8 in columns, both tf32 (the lower 13 bits do not count); d is 16x8.
DEVICE void mma_tf32(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], SIM_SITE) {
    sim::Mma mine{d, a, b};
    sim::here().collective({"mma_tf32", file, line}, &mine, [](void** operands, uint32_t lanes) {
        sim::need_whole_warp(lanes, "mma_tf32");
        sim::notice::tensor_product(16 * 8 * 8);
        float whole_a[16][8], whole_b[8][8];
        for (int l = 0; l < 32; l++) {
            auto& m = *static_cast<sim::Mma*>(operands[l]);
            int g = l / 4, t = l % 4;
            auto cut = [](uint32_t u) { return __uint_as_float(u & 0xffffe000); };
            whole_a[g][t] = cut(m.a[0]);
            whole_a[g + 8][t] = cut(m.a[1]);
            whole_a[g][t + 4] = cut(m.a[2]);
            whole_a[g + 8][t + 4] = cut(m.a[3]);
            whole_b[t][g] = cut(m.b[0]);
            whole_b[t + 4][g] = cut(m.b[1]);
        }
        sim::multiply(operands, whole_a, whole_b);
    });
}

namespace sim {

struct Matrices {
    uint32_t* to;
    const void* row;
};

/// ldmatrix: lane 8 m + r gives row r of matrix m; lane l receives elements 2(l%4), +1 of row l/4, or of column l/4.
template <int COUNT, bool TRANSPOSED>
inline void load_matrices(uint32_t* to, const void* row, Site site) {
    Matrices mine{to, row};
    // Whoever is told of accesses hears of these by warp_read, each in its lane's name.
    here().collective(site, &mine, [&site](void** operands, uint32_t lanes) SIM_UNCHECKED {
        need_whole_warp(lanes, "ldmatrix");
        for (int m = 0; m < COUNT; m++) {
            uint16_t matrix[8][8];
            for (int r = 0; r < 8; r++) {
                const void* from = static_cast<Matrices*>(operands[8 * m + r])->row;
                if (reinterpret_cast<uintptr_t>(from) % 16 != 0) {
                    here().fail("ldmatrix: a row that is not on a 16-byte boundary: " + here().here());
                }
                notice::warp_read(here().current->number / warp_size * warp_size + 8 * m + r, from, 16, site);
                std::memcpy(matrix[r], from, 16);
            }
            for (int l = 0; l < 32; l++) {
                int g = l / 4, t = 2 * (l % 4);
                uint32_t first = TRANSPOSED ? matrix[t][g] : matrix[g][t];
                uint32_t second = TRANSPOSED ? matrix[t + 1][g] : matrix[g][t + 1];
                static_cast<Matrices*>(operands[l])->to[m] = first | second << 16;
            }
        }
    });
}

}  // namespace sim

DEVICE void ldmatrix_x4(uint32_t (&r)[4], const void* row, SIM_SITE) {
    sim::load_matrices<4, false>(r, row, {"ldmatrix_x4", file, line});
}
DEVICE void ldmatrix_x2(uint32_t (&r)[2], const void* row, SIM_SITE) {
    sim::load_matrices<2, false>(r, row, {"ldmatrix_x2", file, line});
}
DEVICE void ldmatrix_x4_trans(uint32_t (&r)[4], const void* row, SIM_SITE) {
    sim::load_matrices<4, true>(r, row, {"ldmatrix_x4_trans", file, line});
}
DEVICE void ldmatrix_x2_trans(uint32_t (&r)[2], const void* row, SIM_SITE) {
    sim::load_matrices<2, true>(r, row, {"ldmatrix_x2_trans", file, line});
}

// Asynchronous copies: the target is NaN from the issue on and gets its bytes at the wait, not before.

namespace sim {

SIM_UNCHECKED inline void copy_async(void* to, const void* from, int bytes, bool valid, const char* file, int line) {
    if (reinterpret_cast<uintptr_t>(to) % bytes != 0 || (valid && reinterpret_cast<uintptr_t>(from) % bytes != 0)) {
        here().fail("copy_async_" + std::to_string(bytes) + " (" + file + ":" + std::to_string(line)
                + "): an address that is not on its boundary: " + here().here());
    }
    notice::copy_issued(to, bytes, from, valid, file, line);
    poison(to, bytes);
    Lane& l = *here().current;
    l.copies.push_back({to, from, bytes, valid, file, line});
    l.uncommitted++;
}

inline void copy_async_commit() {
    Lane& l = *here().current;
    l.groups.push_back(l.uncommitted);
    l.uncommitted = 0;
}

SIM_UNCHECKED inline void copy_async_wait(int newest, Site site) {
    if (notice::left_out(site)) return;
    Lane& l = *here().current;
    int groups = static_cast<int>(l.groups.size()) - newest;
    if (groups <= 0) return;
    int landing = 0;
    for (int g = 0; g < groups; g++) landing += l.groups[g];
    for (int i = 0; i < landing; i++) {
        auto& c = l.copies[i];
        notice::copy_landed(c.to, c.bytes, c.file, c.line);
        if (c.valid) std::memcpy(c.to, c.from, c.bytes);
        else std::memset(c.to, 0, c.bytes);
    }
    l.groups.erase(l.groups.begin(), l.groups.begin() + groups);
    l.copies.erase(l.copies.begin(), l.copies.begin() + landing);
}

}  // namespace sim

/// 16 bytes from global to shared memory; zeros if not `valid`, and then nothing is read.
DEVICE void copy_async_16(void* shared, const void* global, bool valid = true, SIM_SITE) {
    sim::copy_async(shared, global, 16, valid, file, line);
}
DEVICE void copy_async_4(void* shared, const void* global, bool valid = true, SIM_SITE) {
    sim::copy_async(shared, global, 4, valid, file, line);
}
DEVICE void copy_async_commit() { sim::copy_async_commit(); }
/// Waits until at most the newest N groups are still on their way.
template <int N>
DEVICE void copy_async_wait(SIM_SITE) { sim::copy_async_wait(N, {"copy_async_wait", file, line}); }
