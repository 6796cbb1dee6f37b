#pragma once
#include "operand.cuh"

/// How a block of threads lies over an image [n, area, channels]: `lanes` threads, a power of two, stand side by side
/// over the block's tile of channels, V channels each; the rows of lanes take pixels in turn. blockIdx.x counts
/// samples and in them chunks of pixels, blockIdx.y tiles of channels. Follows from the shape alone (Java: NormGrid).
struct NormGrid {
    int area;       // pixels of a sample that are walked over
    int channels;
    int perGroup;   // channels of a group
    int lanes;
    int tile;       // channels of a block
    int chunk;      // pixels of a block
    int chunks;
    int aligned;    // 1: groups of four channels may be read and written at once

    DEVICE int lane() const {
        return threadIdx.x % lanes;
    }

    DEVICE int row() const {
        return threadIdx.x / lanes;
    }

    DEVICE int rows() const {
        return blockDim.x / lanes;
    }

    /// First channel of this thread.
    template <int V>
    DEVICE int channel() const {
        return blockIdx.y * tile + lane() * V;
    }

    /// Whether this thread has any channel.
    template <int V>
    DEVICE bool working() const {
        return lane() * V < tile && channel<V>() < channels;
    }

    DEVICE int sample() const {
        return blockIdx.x / chunks;
    }

    /// This thread's first pixel.
    DEVICE int first() const {
        return blockIdx.x % chunks * chunk + row();
    }

    /// The end of the block's pixels.
    DEVICE int end() const {
        int e = (blockIdx.x % chunks + 1) * chunk;
        return e < area ? e : area;
    }

    DEVICE int groups() const {
        return channels / perGroup;
    }

    /// The place of this block's part of a channel's sums, [n, channels, chunks].
    DEVICE long long part(int channel) const {
        return (static_cast<long long>(sample()) * channels + channel) * chunks + blockIdx.x % chunks;
    }
};

/// This thread's channels of a sample's first pixel.
template <int V, typename T>
DEVICE T* own_channels(T* x, long long pitch, long long area, const NormGrid& g) {
    return x + g.sample() * area * pitch + g.channel<V>();
}

/// act((gamma (x - mean) rstd + beta) (1 + scale) + shift), every part but act optional.
struct NormPrologue {
    Operand mean;    // [n, groups]
    Operand rstd;    // [n, groups]
    Operand gamma;   // [channels]
    Operand beta;    // [channels]
    Operand scale;   // [n, channels]
    Operand shift;   // [n, channels]
    long long act;   // 0: none, 1: SiLU, 2: ReLU
};

/// The prologue of V channels of a sample as numbers: act((x - mean) a + b).
template <int V>
struct NormNumbers {
    float mean[V];
    float a[V];
    float b[V];

    DEVICE void read(const NormPrologue& p, int perGroup, int sample, int channel) {
        for (int i = 0; i < V; i++) {
            int c = channel + i;
            float scale = 1 + p.scale.at_or(0, sample, c);
            mean[i] = p.mean.at_or(0, sample, c / perGroup);
            a[i] = p.gamma.at_or(1, 0, c) * p.rstd.at_or(1, sample, c / perGroup) * scale;
            b[i] = fmaf(p.beta.at_or(0, 0, c), scale, p.shift.at_or(0, sample, c));
        }
    }
};

DEVICE float activated(long long act, float v) {
    return act == 0 ? v : act == 1 ? v / (1 + exp_(-v)) : v > 0 ? v : v != v ? v : 0;
}

/// The gradient before the activation from the one after it.
DEVICE float activation_gradient(long long act, float v, float dy) {
    if (act == 1) {
        float s = 1 / (1 + exp_(-v));
        return dy * s * fmaf(v, 1 - s, 1);
    }
    return act == 0 || v > 0 ? dy : 0;
}
