#pragma once
#include "operand.cuh"

/// The rows of all heads and samples of one operand: row i of a head is dense, `pitch` elements after row i - 1.
struct Heads {
    void* data;
    long long pitch;
    long long headStride;
    long long length;   // rows of a sample
};

/// Row `first` of a sample's head.
template <typename T>
DEVICE T* head_rows(const Heads& h, int sample, int head, int first) {
    return static_cast<T*>(h.data) + (sample * h.length + first) * h.pitch + head * h.headStride;
}

/// softmax(scale q k^T) v for every sample and head.
struct Attention {
    Heads q;
    Heads k;
    Heads v;
    Heads out;
    Operand mask;        // [n, lengthK], 0 for keys that nobody may see; or absent
    Operand logSumExp;   // [n heads, lengthQ]
    int heads;
    int headDim;
    int lengthQ;
    int lengthK;
    int causal;          // query i sees keys 0..i
    float scale;
};

struct AttentionGradients {
    Heads dOut;
    Heads dQ;
    Heads dK;
    Heads dV;
    float* rowTerms;     // [n heads, lengthQ]: the dot product of each row of out with its gradient
};

DEVICE bool sees(const Attention& s, int sample, int query, int key) {
    return key < s.lengthK && !(s.causal && key > query) && (!s.mask.present() || s.mask.at(sample, key) != 0);
}
