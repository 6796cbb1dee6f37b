#include "groupnorm.cuh"

// The backward pass of normalisation. With d = x - mean and dv the gradient before the activation, everything follows
// from S1 = sum dv and S2 = rstd sum dv d of each sample's channels: the parameters' gradients at once, and dx = a dv
// - rstd m1 - rstd^2 m2 d in a second pass that computes dv again rather than store it. m1 and m2 are the means over a
// group of A dv and A dv rstd d, A = gamma (1 + scale).

enum { THREADS = 256, JOIN_THREADS = 128, COLUMNS = 32 };

/// Two sums of a channel, or two numbers of a group.
struct NormPair {
    float first;
    float second;
};

/// The block's sums of dv and dv d for each of its channels.
template <int V, typename T>
DEVICE void norm_gradient_sums(const T* x, long long xPitch, const T* dy, long long dyPitch, const NormGrid& g,
                               const NormPrologue& p, NormPair* parts) {
    SHARED(float, s1, [THREADS * V]);
    SHARED(float, s2, [THREADS * V]);
    float d1[V] = {};
    float d2[V] = {};
    if (g.working<V>()) {
        NormNumbers<V> numbers;
        numbers.read(p, g.perGroup, g.sample(), g.channel<V>());
        long long origin = static_cast<long long>(g.sample()) * g.area;
        const T* from = x + origin * xPitch + g.channel<V>();
        const T* gradient = dy + origin * dyPitch + g.channel<V>();
        for (int i = g.first(); i < g.end(); i += g.rows()) {
            float v[V];
            float dv[V];
            load_elements<V>(from + i * xPitch, g.aligned, v);
            load_elements<V>(gradient + i * dyPitch, g.aligned, dv);
            for (int k = 0; k < V; k++) {
                float d = v[k] - numbers.mean[k];
                dv[k] = activation_gradient(p.act, fmaf(d, numbers.a[k], numbers.b[k]), dv[k]);
                d1[k] += dv[k];
                d2[k] = fmaf(dv[k], d, d2[k]);
            }
        }
    }
    int width = g.lanes * V;
    int mine = g.row() * width + g.lane() * V;
    for (int k = 0; k < V; k++) {
        s1[mine + k] = d1[k];
        s2[mine + k] = d2[k];
    }
    for (int half = g.rows() / 2; half > 0; half /= 2) {
        sync_block();
        if (g.row() < half) {
            for (int k = 0; k < V; k++) {
                s1[mine + k] += s1[mine + k + half * width];
                s2[mine + k] += s2[mine + k + half * width];
            }
        }
    }
    if (g.row() == 0 && g.working<V>()) {
        for (int k = 0; k < V; k++) {
            parts[g.part(g.channel<V>() + k)] = {s1[mine + k], s2[mine + k]};
        }
    }
}

/// A block for each group of each sample joins the parts: a thread for each channel, or a warp where there are several
/// parts. Written: dScale and dShift; the sample's share of dGamma and dBeta to `shares` [n, channels]; and rstd m1
/// and rstd^2 m2 to `means` [n, groups].
KERNEL_BOUNDS(norm_gradient_join, JOIN_THREADS, 1, (const NormPair* parts, NormGrid g, NormPrologue p, Operand dScale,
                                                    Operand dShift, NormPair* shares, NormPair* means)) {
    SHARED(float, shared, [32]);
    int team = g.chunks == 1 ? 1 : 32;
    int sample = blockIdx.x / g.groups();
    int group = blockIdx.x % g.groups();
    float r = p.rstd.at_or(1, sample, group);
    float m1 = 0;
    float m2 = 0;
    for (int i = threadIdx.x / team; i < g.perGroup; i += JOIN_THREADS / team) {
        int channel = group * g.perGroup + i;
        const NormPair* part = parts + (static_cast<long long>(sample) * g.channels + channel) * g.chunks;
        float s1 = 0;
        float s2 = 0;
        for (int chunk = threadIdx.x % team; chunk < g.chunks; chunk += team) {
            s1 += part[chunk].first;
            s2 += part[chunk].second;
        }
        if (team == 32) {
            s1 = warp_sum(s1);
            s2 = warp_sum(s2);
        }
        if (threadIdx.x % team == 0) {
            s2 *= r;
            float gamma = p.gamma.at_or(1, 0, channel);
            float scale = 1 + p.scale.at_or(0, sample, channel);
            dScale.offer(sample, channel, fmaf(gamma, s2, p.beta.at_or(0, 0, channel) * s1));
            dShift.offer(sample, channel, s1);
            shares[static_cast<long long>(sample) * g.channels + channel] = {scale * s2, scale * s1};
            m1 = fmaf(gamma * scale, s1, m1);
            m2 = fmaf(gamma * scale, s2, m2);
        }
    }
    m1 = block_sum(m1, shared);
    m2 = block_sum(m2, shared);
    if (threadIdx.x == 0) {
        float count = static_cast<float>(g.area) * g.perGroup;
        bool normalised = p.mean.present();
        means[blockIdx.x] = {normalised ? r * (m1 / count) : 0, normalised ? r * r * (m2 / count) : 0};
    }
}

/// dGamma and dBeta: the shares summed over samples, 32 channels a block.
KERNEL_BOUNDS(norm_gradient_parameters, THREADS, 1, (const NormPair* shares, int n, int channels, Operand dGamma,
                                                     Operand dBeta)) {
    SHARED(NormPair, sums, [THREADS / COLUMNS][COLUMNS]);
    int channel = blockIdx.x * COLUMNS + threadIdx.x % COLUMNS;
    int row = threadIdx.x / COLUMNS;
    NormPair sum = {0, 0};
    if (channel < channels) {
        for (int i = row; i < n; i += THREADS / COLUMNS) {
            NormPair share = shares[static_cast<long long>(i) * channels + channel];
            sum.first += share.first;
            sum.second += share.second;
        }
    }
    sums[row][threadIdx.x % COLUMNS] = sum;
    sync_block();
    if (row == 0 && channel < channels) {
        for (int i = 1; i < THREADS / COLUMNS; i++) {
            sum.first += sums[i][threadIdx.x].first;
            sum.second += sums[i][threadIdx.x].second;
        }
        dGamma.offer(0, channel, sum.first);
        dBeta.offer(0, channel, sum.second);
    }
}

/// dx = gradient + dxBeta dx.
template <int V, typename T>
DEVICE void norm_gradient_input(const T* x, long long xPitch, const T* dy, long long dyPitch, const NormGrid& g,
                                const NormPrologue& p, const NormPair* means, T* dx, long long dxPitch, float dxBeta) {
    if (!g.working<V>()) {
        return;
    }
    NormNumbers<V> numbers;
    numbers.read(p, g.perGroup, g.sample(), g.channel<V>());
    float k2[V];
    float k3[V];
    for (int k = 0; k < V; k++) {
        NormPair m = means[static_cast<long long>(g.sample()) * g.groups() + (g.channel<V>() + k) / g.perGroup];
        k2[k] = -m.second;
        k3[k] = -m.first;
    }
    long long origin = static_cast<long long>(g.sample()) * g.area;
    for (int i = g.first(); i < g.end(); i += g.rows()) {
        float v[V];
        float dv[V];
        T* to = dx + (origin + i) * dxPitch + g.channel<V>();
        load_elements<V>(x + (origin + i) * xPitch + g.channel<V>(), g.aligned, v);
        load_elements<V>(dy + (origin + i) * dyPitch + g.channel<V>(), g.aligned, dv);
        for (int k = 0; k < V; k++) {
            float d = v[k] - numbers.mean[k];
            dv[k] = activation_gradient(p.act, fmaf(d, numbers.a[k], numbers.b[k]), dv[k]);
            dv[k] = fmaf(dv[k], numbers.a[k], fmaf(d, k2[k], k3[k]));
        }
        if (dxBeta != 0) {
            load_elements<V>(to, g.aligned, v);
            for (int k = 0; k < V; k++) {
                dv[k] = fmaf(v[k], dxBeta, dv[k]);
            }
        }
        store_elements<V>(to, g.aligned, dv);
    }
}

#define NORM_GRADIENT_KERNELS(T, suffix, V)                                                                          \
    KERNEL_BOUNDS(norm_gradient_sums_v##V##suffix, THREADS, 1,                                                       \
                  (const T* x, long long xPitch, const T* dy, long long dyPitch, NormGrid g, NormPrologue p,         \
                   NormPair* parts)) {                                                                                   \
        norm_gradient_sums<V>(x, xPitch, dy, dyPitch, g, p, parts);                                                  \
    }                                                                                                                \
    KERNEL_BOUNDS(norm_gradient_input_v##V##suffix, THREADS, 1,                                                      \
                  (const T* x, long long xPitch, const T* dy, long long dyPitch, NormGrid g, NormPrologue p,         \
                   const NormPair* means, T* dx, long long dxPitch, float dxBeta)) {                                     \
        norm_gradient_input<V>(x, xPitch, dy, dyPitch, g, p, means, dx, dxPitch, dxBeta);                            \
    }

NORM_GRADIENT_KERNELS(float, _f32, 1)
NORM_GRADIENT_KERNELS(float, _f32, 4)
NORM_GRADIENT_KERNELS(bf16, _bf16, 1)
NORM_GRADIENT_KERNELS(bf16, _bf16, 4)
