#include "groupnorm.cuh"

// Group normalisation of images [n, area, channels] (Wu and He, "Group Normalization", 2018), forward. Where all pixels
// of whole groups fit into a block's shared memory, one kernel reads them once, measures and normalises. Otherwise
// statistics come first, in one pass where a block can walk over whole groups, or from sums of blocks of pixels that a
// second kernel joins; then the image is read again. A sum of squares around 0 would lose a small variance beside a
// large mean: each thread sums around a centre of its own, near its first pixels.

enum { NORM_THREADS = 256, NORM_PROBES = 4, NORM_JOIN_THREADS = 128 };

/// Around `centre`: s1 = sum (x - centre), s2 = sum (x - centre)^2.
struct Spread {
    float centre;
    float s1;
    float s2;
};

/// Sums of the block's pixels for each of its channels, left in row 0's `own`: every thread its pixels', then the
/// rows' sums, moved to row 0's centre, in a tree.
/// @param from the sample's first pixel, at this thread's channels; not read by threads that have none
template <int V, typename T>
DEVICE void spread_block(const T* from, long long pitch, bool aligned, const NormGrid& g, Spread (&own)[V]) {
    SHARED(float, centres, [NORM_THREADS * V]);
    SHARED(float, s1, [NORM_THREADS * V]);
    SHARED(float, s2, [NORM_THREADS * V]);
    float d1[V] = {};
    float d2[V] = {};
    float centre[V] = {};
    int count = 0;
    int step = g.rows();
    bool working = g.working<V>();
    if (working && g.first() < g.end()) {
        int probes = (g.end() - g.first() + step - 1) / step;
        probes = probes < NORM_PROBES ? probes : NORM_PROBES;
        float origin[V];
        load_elements<V>(from + g.first() * pitch, aligned, origin);
        for (int i = 1; i < probes; i++) {
            float v[V];
            load_elements<V>(from + (g.first() + i * step) * pitch, aligned, v);
            for (int k = 0; k < V; k++) {
                centre[k] += v[k] - origin[k];
            }
        }
        for (int k = 0; k < V; k++) {
            centre[k] = origin[k] + centre[k] / probes;
        }
        for (int p = g.first(); p < g.end(); p += step) {
            float v[V];
            load_elements<V>(from + p * pitch, aligned, v);
            for (int k = 0; k < V; k++) {
                float d = v[k] - centre[k];
                d1[k] += d;
                d2[k] = fmaf(d, d, d2[k]);
            }
            count++;
        }
    }
    int column = g.lane() * V;
    int width = g.lanes * V;
    if (g.row() == 0) {
        for (int k = 0; k < V; k++) {
            centres[column + k] = centre[k];
        }
    }
    sync_block();
    for (int k = 0; k < V; k++) {
        float shift = count == 0 ? 0 : centre[k] - centres[column + k];
        s1[g.row() * width + column + k] = fmaf(shift, count, d1[k]);
        s2[g.row() * width + column + k] = fmaf(shift, fmaf(shift, count, 2 * d1[k]), d2[k]);
    }
    for (int half = step / 2; half > 0; half /= 2) {
        sync_block();
        if (g.row() < half) {
            for (int k = 0; k < V; k++) {
                int at = g.row() * width + column + k;
                s1[at] += s1[at + half * width];
                s2[at] += s2[at + half * width];
            }
        }
    }
    if (g.row() == 0) {  // the others would read what row 0 is still adding to
        for (int k = 0; k < V; k++) {
            own[k] = {centre[k], s1[column + k], s2[column + k]};
        }
    }
}

DEVICE void store_statistics(const Operand& mean, const Operand& rstd, int sample, int group, double m,
                             double variance, double eps) {
    mean.set(sample, group, static_cast<float>(m));
    rstd.set(sample, group, static_cast<float>(1 / sqrt((variance > 0 ? variance : 0) + eps)));
}

/// All chunks in one block: groups are joined by a thread each from the sums in shared memory.
/// @param from as for spread_block
template <int V, typename T>
DEVICE void block_statistics(const T* from, long long pitch, bool aligned, const NormGrid& g, const Operand& mean,
                             const Operand& rstd, double eps) {
    SHARED(Spread, sums, [NORM_THREADS * V]);
    Spread own[V];
    spread_block<V>(from, pitch, aligned, g, own);
    if (g.row() == 0 && g.working<V>()) {
        for (int k = 0; k < V; k++) {
            sums[g.lane() * V + k] = own[k];
        }
    }
    sync_block();
    int last = g.channels - static_cast<int>(blockIdx.y) * g.tile;
    int groups = (last < g.tile ? last : g.tile) / g.perGroup;
    for (int i = threadIdx.x; i < groups; i += blockDim.x) {
        const Spread* part = sums + i * g.perGroup;
        double count = static_cast<double>(g.area) * g.perGroup;
        double origin = part[0].centre;
        double total = 0;
        for (int c = 0; c < g.perGroup; c++) {
            total += part[c].s1 + g.area * (part[c].centre - origin);
        }
        double m = total / count;
        double squares = 0;
        for (int c = 0; c < g.perGroup; c++) {
            double d = part[c].centre - origin - m;
            squares += part[c].s2 + d * (2.0 * part[c].s1 + g.area * d);
        }
        store_statistics(mean, rstd, g.sample(), blockIdx.y * g.tile / g.perGroup + i, origin + m, squares / count,
                         eps);
    }
}

template <int V, typename T>
DEVICE void norm_spreads(const T* x, long long pitch, const NormGrid& g, Spread* parts) {
    Spread own[V];
    spread_block<V>(own_channels<V>(x, pitch, g.area, g), pitch, g.aligned, g, own);
    if (g.row() == 0 && g.working<V>()) {
        for (int k = 0; k < V; k++) {
            parts[g.part(g.channel<V>() + k)] = own[k];
        }
    }
}

/// The sum of all threads' numbers, in a tree.
DEVICE double join_block(double value, double* shared) {
    sync_block();
    shared[threadIdx.x] = value;
    for (int half = NORM_JOIN_THREADS / 2; half > 0; half /= 2) {
        sync_block();
        if (static_cast<int>(threadIdx.x) < half) {
            shared[threadIdx.x] += shared[threadIdx.x + half];
        }
    }
    sync_block();
    return shared[0];
}

/// The second pass: a block for each group of each sample. Its parts, [perGroup, chunks], lie one after another.
KERNEL_BOUNDS(norm_join, NORM_JOIN_THREADS, 1, (const Spread* parts, NormGrid g, Operand mean, Operand rstd,
                                                double eps)) {
    SHARED(double, shared, [NORM_JOIN_THREADS]);
    int count = g.perGroup * g.chunks;
    int tail = g.area - (g.chunks - 1) * g.chunk;
    const Spread* part = parts + static_cast<long long>(blockIdx.x) * count;
    double numbers = static_cast<double>(g.area) * g.perGroup;
    double origin = part[0].centre;
    double total = 0;
    for (int i = threadIdx.x; i < count; i += NORM_JOIN_THREADS) {
        int pixels = i % g.chunks == g.chunks - 1 ? tail : g.chunk;
        total += part[i].s1 + pixels * (part[i].centre - origin);
    }
    double m = join_block(total, shared) / numbers;
    double squares = 0;
    for (int i = threadIdx.x; i < count; i += NORM_JOIN_THREADS) {
        int pixels = i % g.chunks == g.chunks - 1 ? tail : g.chunk;
        double d = part[i].centre - origin - m;
        squares += part[i].s2 + d * (2.0 * part[i].s1 + pixels * d);
    }
    squares = join_block(squares, shared);
    if (threadIdx.x == 0) {
        int sample = blockIdx.x / g.groups();
        store_statistics(mean, rstd, sample, blockIdx.x % g.groups(), origin + m, squares / numbers, eps);
    }
}

/// Samples of one pixel (LayerNorm): a group is one dense piece of a row, and a warp's work.
template <typename T>
DEVICE void norm_stats_rows(const T* x, long long pitch, int samples, int groups, int perGroup, const Operand& mean,
                            const Operand& rstd, double eps) {
    int lane = threadIdx.x % 32;
    long long item = static_cast<long long>(blockIdx.x) * (blockDim.x / 32) + threadIdx.x / 32;
    bool working = item < static_cast<long long>(samples) * groups;
    long long sample = working ? item / groups : 0;
    int group = working ? static_cast<int>(item % groups) : 0;
    const T* from = x + sample * pitch + static_cast<long long>(group) * perGroup;
    float origin = to_float(from[0]);
    float sum = 0;
    for (int i = lane; i < perGroup; i += 32) {
        sum += to_float(from[i]) - origin;
    }
    float centre = origin + warp_sum(sum) / perGroup;
    float s1 = 0;
    float s2 = 0;
    for (int i = lane; i < perGroup; i += 32) {
        float d = to_float(from[i]) - centre;
        s1 += d;
        s2 = fmaf(d, d, s2);
    }
    double d = static_cast<double>(warp_sum(s1)) / perGroup;
    double variance = static_cast<double>(warp_sum(s2)) / perGroup - d * d;
    if (working && lane == 0) {
        store_statistics(mean, rstd, static_cast<int>(sample), group, centre + d, variance, eps);
    }
}

/// How the pixels that are walked over become those of the result.
struct NormPixels {
    int resample;    // 0: none, 1: each pixel becomes four, 2: each four become one
    int width;       // of the image that is walked over: the output, or the input when each of its pixels becomes four
    int fromWidth;   // of the input
    int walked;      // pixels of the image that is walked over
    long long area;  // pixels of the output
};

/// y = resample(prologue(x)) for pixels first, first + step, .. before end, at this thread's channels.
template <int V, typename T>
DEVICE void apply_pixels(const T* from, long long fromPitch, bool fromAligned, T* to, long long toPitch, bool toAligned,
                         const NormNumbers<V>& numbers, long long act, const NormPixels& pixels, int first, int end,
                         int step) {
    for (int i = first; i < end; i += step) {
        float v[V];
        if (pixels.resample == 2) {
            long long corner = (2LL * (i / pixels.width) * pixels.fromWidth + 2 * (i % pixels.width)) * fromPitch;
            float part[4][V];
            for (int j = 0; j < 4; j++) {
                load_elements<V>(from + corner + (j / 2 * pixels.fromWidth + j % 2) * fromPitch, fromAligned, part[j]);
                for (int k = 0; k < V; k++) {
                    part[j][k] = activated(act, fmaf(part[j][k] - numbers.mean[k], numbers.a[k], numbers.b[k]));
                }
            }
            for (int k = 0; k < V; k++) {
                v[k] = 0.25f * ((part[0][k] + part[1][k]) + (part[2][k] + part[3][k]));
            }
        } else {
            load_elements<V>(from + i * fromPitch, fromAligned, v);
            for (int k = 0; k < V; k++) {
                v[k] = activated(act, fmaf(v[k] - numbers.mean[k], numbers.a[k], numbers.b[k]));
            }
        }
        if (pixels.resample == 1) {
            int width = pixels.width;
            long long corner = (4LL * (i / width) * width + 2 * (i % width)) * toPitch;
            for (int j = 0; j < 4; j++) {
                store_elements<V>(to + corner + (j / 2 * 2LL * width + j % 2) * toPitch, toAligned, v);
            }
        } else {
            store_elements<V>(to + i * toPitch, toAligned, v);
        }
    }
}

template <int V, typename T>
DEVICE void norm_apply(const T* x, long long xPitch, T* y, long long yPitch, const NormGrid& g, const NormPrologue& p,
                       const NormPixels& pixels, long long xArea) {
    if (!g.working<V>()) {
        return;
    }
    NormNumbers<V> numbers;
    numbers.read(p, g.perGroup, g.sample(), g.channel<V>());
    apply_pixels<V>(own_channels<V>(x, xPitch, xArea, g), xPitch, g.aligned, own_channels<V>(y, yPitch, pixels.area, g),
                    yPitch, g.aligned, numbers, p.act, pixels, g.first(), g.end(), g.rows());
}

/// A block reads all pixels of whole groups once, keeps them, measures mean and rstd, which are written to the
/// prologue's, and applies it.
template <int V, typename T>
DEVICE void norm_on_chip(const T* x, long long xPitch, T* y, long long yPitch, const NormGrid& g,
                         const NormPrologue& p, double eps, const NormPixels& pixels) {
    DYNAMIC_SHARED(T, kept);  // [area, tile]
    bool working = g.working<V>();
    T* own = kept + g.lane() * V;
    if (working) {
        const T* from = own_channels<V>(x, xPitch, g.area, g);
        for (int i = g.row(); i < g.area; i += g.rows()) {
            float v[V];
            load_elements<V>(from + i * xPitch, g.aligned, v);
            store_elements<V>(own + i * g.tile, V == 4, v);
        }
    }
    // No barrier: a thread sums up what it has kept itself.
    block_statistics<V>(own, g.tile, V == 4, g, p.mean, p.rstd, eps);
    sync_block();
    if (working) {
        NormNumbers<V> numbers;
        numbers.read(p, g.perGroup, g.sample(), g.channel<V>());
        apply_pixels<V>(own, g.tile, V == 4, own_channels<V>(y, yPitch, pixels.area, g), yPitch, g.aligned, numbers,
                        p.act, pixels, g.row(), pixels.walked, g.rows());
    }
}

#define NORM_KERNELS(T, suffix, V)                                                                                   \
    KERNEL_BOUNDS(norm_stats_one_pass_v##V##suffix, NORM_THREADS, 1,                                                 \
                  (const T* x, long long pitch, NormGrid g, Operand mean, Operand rstd, double eps)) {               \
        block_statistics<V>(own_channels<V>(x, pitch, g.area, g), pitch, g.aligned, g, mean, rstd, eps);             \
    }                                                                                                                \
    KERNEL_BOUNDS(norm_spreads_v##V##suffix, NORM_THREADS, 1,                                                        \
                  (const T* x, long long pitch, NormGrid g, Spread* parts)) {                                        \
        norm_spreads<V>(x, pitch, g, parts);                                                                         \
    }                                                                                                                \
    KERNEL_BOUNDS(norm_apply_v##V##suffix, NORM_THREADS, 1,                                                          \
                  (const T* x, long long xPitch, T* y, long long yPitch, NormGrid g, NormPrologue p,                 \
                   NormPixels pixels, long long xArea)) {                                                            \
        norm_apply<V>(x, xPitch, y, yPitch, g, p, pixels, xArea);                                                    \
    }                                                                                                                \
    KERNEL_BOUNDS(norm_on_chip_v##V##suffix, NORM_THREADS, 1,                                                        \
                  (const T* x, long long xPitch, T* y, long long yPitch, NormGrid g, NormPrologue p, double eps,     \
                   NormPixels pixels)) {                                                                             \
        norm_on_chip<V>(x, xPitch, y, yPitch, g, p, eps, pixels);                                                    \
    }

#define NORM_ROW_KERNELS(T, suffix)                                                                                  \
    KERNEL_BOUNDS(norm_stats_rows##suffix, NORM_JOIN_THREADS, 1,                                                     \
                  (const T* x, long long pitch, int samples, int groups, int perGroup, Operand mean, Operand rstd,   \
                   double eps)) {                                                                                    \
        norm_stats_rows(x, pitch, samples, groups, perGroup, mean, rstd, eps);                                       \
    }

NORM_KERNELS(float, _f32, 1)
NORM_KERNELS(float, _f32, 4)
NORM_KERNELS(bf16, _bf16, 1)
NORM_KERNELS(bf16, _bf16, 4)
NORM_ROW_KERNELS(float, _f32)
NORM_ROW_KERNELS(bf16, _bf16)
