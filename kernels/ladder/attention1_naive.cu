// Attention, rung 1: three kernels and the whole matrix of scores in memory.
//
// out = softmax(q k' scale) v for each of `heads` matrices [T, d], bfloat16; the scores [heads, T, T] are float32. For
// T = 4096 they are 64 MB a head, written once and read three times.
#include "anneal.cuh"

KERNEL(ladder_attention1_scores, (const bf16* q, const bf16* k, float* scores, int t, int d, float scale)) {
    int key = blockIdx.x * 32 + threadIdx.x % 32, query = blockIdx.y * 8 + threadIdx.x / 32;
    if (key >= t || query >= t) return;
    const bf16* row = q + (static_cast<long long>(blockIdx.z) * t + query) * d;
    const bf16* other = k + (static_cast<long long>(blockIdx.z) * t + key) * d;
    float sum = 0;
    for (int i = 0; i < d; i++) sum += to_float(row[i]) * to_float(other[i]);
    scores[(static_cast<long long>(blockIdx.z) * t + query) * t + key] = sum * scale;
}

/// A thread for each row.
KERNEL(ladder_attention1_softmax, (float* scores, long long rows, int t)) {
    long long row = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (row >= rows) return;
    float* s = scores + row * t;
    float most = s[0], sum = 0;
    for (int i = 1; i < t; i++) most = fmaxf(most, s[i]);
    for (int i = 0; i < t; i++) sum += exp_(s[i] - most);
    for (int i = 0; i < t; i++) s[i] = exp_(s[i] - most) / sum;
}

KERNEL(ladder_attention1_values, (const float* scores, const bf16* v, bf16* out, int t, int d)) {
    int column = blockIdx.x * 32 + threadIdx.x % 32, query = blockIdx.y * 8 + threadIdx.x / 32;
    if (column >= d || query >= t) return;
    const float* row = scores + (static_cast<long long>(blockIdx.z) * t + query) * t;
    float sum = 0;
    for (int i = 0; i < t; i++) sum += row[i] * to_float(v[(static_cast<long long>(blockIdx.z) * t + i) * d + column]);
    out[(static_cast<long long>(blockIdx.z) * t + query) * d + column] = from_float<bf16>(sum);
}
