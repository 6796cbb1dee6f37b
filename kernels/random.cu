#include "polymath.cuh"

// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011, section 4.3 and table 2), keyed
// as anneal.kernel.RandomSpec says. Normals by Box and Muller's transform, with the same bits as on the cpu.

enum { RANDOM_THREADS = 256 };

struct Words {
    unsigned w[4];
};

DEVICE Words philox(unsigned c0, unsigned c1, unsigned c2, unsigned c3, unsigned k0, unsigned k1) {
    for (int round = 0; round < 10; round++) {
        unsigned high0 = __umulhi(0xD2511F53u, c0);
        unsigned low0 = 0xD2511F53u * c0;
        unsigned high1 = __umulhi(0xCD9E8D57u, c2);
        unsigned low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}

/// A word's upper 24 bits as a number in [0, 1).
DEVICE float uniform(unsigned word) {
    return mul_(static_cast<float>(word >> 8), 5.9604644775390625e-8f);
}

/// In (0, 1], so that it has a logarithm.
DEVICE float uniform_above_zero(unsigned word) {
    return mul_(static_cast<float>((word >> 8) + 1), 5.9604644775390625e-8f);
}

/// The even element takes the cosine, the odd the sine.
DEVICE float normal(unsigned first, unsigned second, int odd) {
    float radius = sqrt_(mul_(-2.0f, poly_log(uniform_above_zero(first))));
    float angle = mul_(6.2831855f, uniform(second));
    return mul_(radius, poly_sine(angle, odd ? 0 : 1));
}

/// blockIdx.y and z count the samples, [samples, perSample]; a thread draws a block of four numbers.
template <typename T>
DEVICE void draw(int normals, long long seed, int stream, const int* sampleIndex, const int* position, int samples,
                 long long perSample, T* out) {
    long long block = global_thread();
    int sample = blockIdx.z * gridDim.y + blockIdx.y;
    if (4 * block >= perSample || sample >= samples) {
        return;
    }
    Words words = philox(static_cast<unsigned>(block), static_cast<unsigned>(position[0]),
                         static_cast<unsigned>(sampleIndex[sample]), static_cast<unsigned>(stream),
                         static_cast<unsigned>(seed), static_cast<unsigned>(seed >> 32));
    for (int i = 0; i < 4 && 4 * block + i < perSample; i++) {
        float value = normals ? normal(words.w[i & 2], words.w[(i & 2) + 1], i & 1) : uniform(words.w[i]);
        out[sample * perSample + 4 * block + i] = from_float<T>(value);
    }
}

#define RANDOM_KERNEL(T, suffix)                                                                                     \
    KERNEL_BOUNDS(random##suffix, RANDOM_THREADS, 1,                                                                 \
                  (int normals, long long seed, int stream, const int* sampleIndex, const int* position,             \
                   int samples, long long perSample, T* out)) {                                                      \
        draw(normals, seed, stream, sampleIndex, position, samples, perSample, out);                                 \
    }

RANDOM_KERNEL(float, _f32)
RANDOM_KERNEL(bf16, _bf16)
