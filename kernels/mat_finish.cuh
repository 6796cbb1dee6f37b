// What a matrix product's results meet on their way out, y = act(alpha (r + bias + rowAdd) + residual) + beta y, and the
// second pass over the sums of a product that was cut along its depth.
#pragma once

#include "anneal.cuh"

/// Java: MatFinish. y is `entries` matrices of rows x columns; `rowsPerSample` rows share a row of rowAdd; the residual
/// has the rows of all matrices one after another. Where `partial` is set, results go there as they are, float32
/// [splits][entries][rows][columns].
struct Finish {
    void* y;
    const void* bias;
    const void* rowAdd;
    const void* residual;
    float* partial;
    long long yEntry, yPitch, rowAddPitch, residualPitch;
    int entries, rows, columns, rowsPerSample;
    float alpha, beta;
    int act;            // the ordinal of Activation
    int bf16_operands;  // bits: 1 y, 2 bias, 4 rowAdd, 8 residual
    int splits;
    int unused;
};

enum { Y_BF16 = 1, BIAS_BF16 = 2, ROW_ADD_BF16 = 4, RESIDUAL_BF16 = 8 };

DEVICE float read_either(const void* from, long long at, bool is_bf16) {
    return is_bf16 ? to_float(static_cast<const bf16*>(from)[at]) : static_cast<const float*>(from)[at];
}

DEVICE float activate(int act, float v) {
    if (act == 1) return v / (1.0f + exp_(-v));
    return act == 2 ? (v > 0.0f ? v : 0.0f) : v;
}

/// The result of matrix `entry` at (row, column) into its place.
DEVICE void finish(const Finish& f, int entry, int row, int column, float r) {
    if (f.bias) r += read_either(f.bias, column, f.bf16_operands & BIAS_BF16);
    if (f.rowAdd) {
        r += read_either(f.rowAdd, row / f.rowsPerSample * f.rowAddPitch + column, f.bf16_operands & ROW_ADD_BF16);
    }
    r *= f.alpha;
    if (f.residual) {
        long long line = static_cast<long long>(entry) * f.rows + row;
        r += read_either(f.residual, line * f.residualPitch + column, f.bf16_operands & RESIDUAL_BF16);
    }
    r = activate(f.act, r);
    long long at = entry * f.yEntry + row * f.yPitch + column;
    bool is_bf16 = f.bf16_operands & Y_BF16;
    if (f.beta != 0.0f) r += f.beta * read_either(f.y, at, is_bf16);
    if (is_bf16) static_cast<bf16*>(f.y)[at] = from_float<bf16>(r);
    else static_cast<float*>(f.y)[at] = r;
}

/// A result of a tile: into its place, or among the partial sums of part `part`.
DEVICE void put(const Finish& f, int part, int entry, int row, int column, float r) {
    if (f.partial) {
        long long line = (static_cast<long long>(part) * f.entries + entry) * f.rows + row;
        f.partial[line * f.columns + column] = r;
    } else {
        finish(f, entry, row, column, r);
    }
}
