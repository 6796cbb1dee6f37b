#include "groupnorm.cuh"

// The backward pass of normalisation. With d = x - mean and dv the gradient before the activation, everything follows
// from S1 = sum dv and S2 = rstd sum dv d of each sample's channels: the parameters' gradients at once, and dx = a dv
// - rstd m1 - rstd^2 m2 d in a second pass that computes dv again rather than store it. m1 and m2 are the means over a
// group of A dv and A dv rstd d, A = gamma (1 + scale). Where all pixels of whole groups, of x and of the gradient, fit
// into a block's shared memory, both passes are one kernel that reads them once.

enum { THREADS = 256, JOIN_THREADS = 128, COLUMNS = 32 };

/// Two sums of a channel, or two numbers of a group.
struct NormPair {
    float first;
    float second;
};

/// The block's sums of dv and dv d for each of its channels, left in row 0's `own`.
/// @param from,gradient x and dy at the sample's first pixel and this thread's channels; not read by threads without any
template <int V, typename T>
DEVICE void gradient_block_sums(const T* from, long long fromPitch, const T* gradient, long long gradientPitch,
                                bool aligned, const NormGrid& g, const NormPrologue& p, NormPair (&own)[V]) {
    SHARED(float, s1, [THREADS * V]);
    SHARED(float, s2, [THREADS * V]);
    float d1[V] = {};
    float d2[V] = {};
    if (g.working<V>()) {
        NormNumbers<V> numbers;
        numbers.read(p, g.perGroup, g.sample(), g.channel<V>());
        for (int i = g.first(); i < g.end(); i += g.rows()) {
            float v[V];
            float dv[V];
            load_elements<V>(from + i * fromPitch, aligned, v);
            load_elements<V>(gradient + i * gradientPitch, aligned, dv);
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
    if (g.row() == 0) {  // the others would read what row 0 is still adding to
        for (int k = 0; k < V; k++) {
            own[k] = {s1[mine + k], s2[mine + k]};
        }
    }
}

template <int V, typename T>
DEVICE void norm_gradient_sums(const T* x, long long xPitch, const T* dy, long long dyPitch, const NormGrid& g,
                               const NormPrologue& p, NormPair* parts) {
    NormPair own[V];
    gradient_block_sums<V>(own_channels<V>(x, xPitch, g.area, g), xPitch, own_channels<V>(dy, dyPitch, g.area, g), dyPitch,
                           g.aligned, g, p, own);
    if (g.row() == 0 && g.working<V>()) {
        for (int k = 0; k < V; k++) {
            parts[g.part(g.channel<V>() + k)] = own[k];
        }
    }
}

/// A channel's part in the gradients of its group's x, gamma (1 + scale) (S1, S2), after its own have been written:
/// dScale, dShift, and the sample's share of dGamma and dBeta to `shares` [n, channels].
/// @param s1,s2 sums of dv and dv d
/// @param r     rstd of the group
DEVICE NormPair channel_gradients(float s1, float s2, float r, const NormPrologue& p, int sample, int channel,
                                  int channels, const Operand& dScale, const Operand& dShift, NormPair* shares) {
    s2 *= r;
    float gamma = p.gamma.at_or(1, 0, channel);
    float scale = 1 + p.scale.at_or(0, sample, channel);
    dScale.offer(sample, channel, fmaf(gamma, s2, p.beta.at_or(0, 0, channel) * s1));
    dShift.offer(sample, channel, s1);
    shares[static_cast<long long>(sample) * channels + channel] = {scale * s2, scale * s1};
    return {gamma * scale * s1, gamma * scale * s2};
}

/// rstd m1 and rstd^2 m2 of a group from the sums of its channels' parts.
DEVICE NormPair group_means(float m1, float m2, float r, const NormPrologue& p, const NormGrid& g) {
    float count = static_cast<float>(g.area) * g.perGroup;
    bool normalised = p.mean.present();
    return {normalised ? r * (m1 / count) : 0, normalised ? r * r * (m2 / count) : 0};
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
            NormPair part = channel_gradients(s1, s2, r, p, sample, channel, g.channels, dScale, dShift, shares);
            m1 += part.first;
            m2 += part.second;
        }
    }
    m1 = block_sum(m1, shared);
    m2 = block_sum(m2, shared);
    if (threadIdx.x == 0) {
        means[blockIdx.x] = group_means(m1, m2, r, p, g);
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

/// dx = gradient + dxBeta dx for pixels first, first + rows, .. before end, at this thread's channels.
/// @param means of the groups, the first being that of channel `origin`
template <int V, typename T>
DEVICE void gradient_pixels(const T* from, long long fromPitch, const T* gradient, long long gradientPitch, bool aligned,
                            const NormGrid& g, const NormPrologue& p, const NormPair* means, int origin, T* to,
                            long long toPitch, float dxBeta) {
    NormNumbers<V> numbers;
    numbers.read(p, g.perGroup, g.sample(), g.channel<V>());
    float k2[V];
    float k3[V];
    for (int k = 0; k < V; k++) {
        NormPair m = means[(g.channel<V>() + k - origin) / g.perGroup];
        k2[k] = -m.second;
        k3[k] = -m.first;
    }
    for (int i = g.first(); i < g.end(); i += g.rows()) {
        float v[V];
        float dv[V];
        load_elements<V>(from + i * fromPitch, aligned, v);
        load_elements<V>(gradient + i * gradientPitch, aligned, dv);
        for (int k = 0; k < V; k++) {
            float d = v[k] - numbers.mean[k];
            dv[k] = activation_gradient(p.act, fmaf(d, numbers.a[k], numbers.b[k]), dv[k]);
            dv[k] = fmaf(dv[k], numbers.a[k], fmaf(d, k2[k], k3[k]));
        }
        if (dxBeta != 0) {
            load_elements<V>(to + i * toPitch, g.aligned, v);
            for (int k = 0; k < V; k++) {
                dv[k] = fmaf(v[k], dxBeta, dv[k]);
            }
        }
        store_elements<V>(to + i * toPitch, g.aligned, dv);
    }
}

template <int V, typename T>
DEVICE void norm_gradient_input(const T* x, long long xPitch, const T* dy, long long dyPitch, const NormGrid& g,
                                const NormPrologue& p, const NormPair* means, T* dx, long long dxPitch, float dxBeta) {
    if (g.working<V>()) {
        gradient_pixels<V>(own_channels<V>(x, xPitch, g.area, g), xPitch, own_channels<V>(dy, dyPitch, g.area, g), dyPitch,
                           g.aligned, g, p, means + static_cast<long long>(g.sample()) * g.groups(), 0,
                           own_channels<V>(dx, dxPitch, g.area, g), dxPitch, dxBeta);
    }
}

/// A block reads all pixels of whole groups of x and dy once, and keeps them for both passes.
template <int V, typename T>
DEVICE void norm_gradient_on_chip(const T* x, long long xPitch, const T* dy, long long dyPitch, const NormGrid& g,
                                  const NormPrologue& p, const Operand& dScale, const Operand& dShift, NormPair* shares,
                                  T* dx, long long dxPitch, float dxBeta) {
    DYNAMIC_SHARED(T, kept);  // x's [area, tile], then dy's
    SHARED(NormPair, parts, [THREADS * V]);
    SHARED(NormPair, means, [THREADS * V]);
    bool working = g.working<V>();
    T* ownX = kept + g.lane() * V;
    T* ownDy = ownX + g.area * g.tile;
    if (working) {
        const T* from = own_channels<V>(x, xPitch, g.area, g);
        const T* gradient = own_channels<V>(dy, dyPitch, g.area, g);
        for (int i = g.row(); i < g.area; i += g.rows()) {
            float v[V];
            float dv[V];
            load_elements<V>(from + i * xPitch, g.aligned, v);
            load_elements<V>(gradient + i * dyPitch, g.aligned, dv);
            store_elements<V>(ownX + i * g.tile, V == 4, v);
            store_elements<V>(ownDy + i * g.tile, V == 4, dv);
        }
    }
    // No barrier: a thread reads what it has kept itself.
    NormPair own[V];
    gradient_block_sums<V>(ownX, g.tile, ownDy, g.tile, V == 4, g, p, own);
    int origin = blockIdx.y * g.tile;
    if (g.row() == 0 && working) {
        for (int k = 0; k < V; k++) {
            int channel = g.channel<V>() + k;
            float r = p.rstd.at_or(1, g.sample(), channel / g.perGroup);
            parts[channel - origin] = channel_gradients(own[k].first, own[k].second, r, p, g.sample(), channel, g.channels,
                                                        dScale, dShift, shares);
        }
    }
    sync_block();
    int last = g.channels - origin;
    int groups = (last < g.tile ? last : g.tile) / g.perGroup;
    for (int i = threadIdx.x; i < groups; i += blockDim.x) {
        float m1 = 0;
        float m2 = 0;
        for (int c = 0; c < g.perGroup; c++) {
            m1 += parts[i * g.perGroup + c].first;
            m2 += parts[i * g.perGroup + c].second;
        }
        means[i] = group_means(m1, m2, p.rstd.at_or(1, g.sample(), origin / g.perGroup + i), p, g);
    }
    sync_block();
    if (working) {
        gradient_pixels<V>(ownX, g.tile, ownDy, g.tile, V == 4, g, p, means, origin,
                           own_channels<V>(dx, dxPitch, g.area, g), dxPitch, dxBeta);
    }
}

#define NORM_GRADIENT_KERNELS(T, suffix, V)                                                                          \
    KERNEL_BOUNDS(norm_gradient_sums_v##V##suffix, THREADS, 1,                                                       \
                  (const T* x, long long xPitch, const T* dy, long long dyPitch, NormGrid g, NormPrologue p,         \
                   NormPair* parts)) {                                                                               \
        norm_gradient_sums<V>(x, xPitch, dy, dyPitch, g, p, parts);                                                  \
    }                                                                                                                \
    KERNEL_BOUNDS(norm_gradient_input_v##V##suffix, THREADS, 1,                                                      \
                  (const T* x, long long xPitch, const T* dy, long long dyPitch, NormGrid g, NormPrologue p,         \
                   const NormPair* means, T* dx, long long dxPitch, float dxBeta)) {                                 \
        norm_gradient_input<V>(x, xPitch, dy, dyPitch, g, p, means, dx, dxPitch, dxBeta);                            \
    }                                                                                                                \
    KERNEL_BOUNDS(norm_gradient_on_chip_v##V##suffix, THREADS, 1,                                                    \
                  (const T* x, long long xPitch, const T* dy, long long dyPitch, NormGrid g, NormPrologue p,         \
                   Operand dScale, Operand dShift, NormPair* shares, T* dx, long long dxPitch, float dxBeta)) {      \
        norm_gradient_on_chip<V>(x, xPitch, dy, dyPitch, g, p, dScale, dShift, shares, dx, dxPitch, dxBeta);         \
    }

NORM_GRADIENT_KERNELS(float, _f32, 1)
NORM_GRADIENT_KERNELS(float, _f32, 4)
NORM_GRADIENT_KERNELS(bf16, _bf16, 1)
NORM_GRADIENT_KERNELS(bf16, _bf16, 4)
