// The operands of a convolution as those of a matrix product (see mat_stage.cuh). x is [n, h, w, c] and y
// [n, outH, outW, o], both pitched; a window's terms are numbered by tap (row, then column), then channel.
#pragma once

#include "mat_product.cuh"

/// Java: CudaConv.
struct ConvCall {
    Finish finish;
    Tiling tiling;
    const void* x;
    const void* w;
    const void* y;
    long long xPitch, yPitch;
    int n, h, width, c;
    int outH, outW, o;
    int kH, kW, stride, padding;
    int unused;
};

/// A channel of a tap, and which tap's row and column.
struct Term {
    int row, column, channel;
    bool valid;
};

DEVICE Term term_of(int k, int depth, int channels, int kW) {
    int tap = k / channels;
    return {tap / kW, tap % kW, k - tap * channels, k < depth};
}

/// A pixel: its image's first element, and the window's first row and column there. row is out of range if none.
struct Corner {
    long long image;
    int row, column;
};
constexpr int NO_ROW = -(1 << 29);

/// The window of output pixel p, of `pixels` that there are.
DEVICE Corner window_corner(const ConvCall& s, int p, int pixels) {
    if (p >= pixels) return {0, NO_ROW, 0};
    int line = p / s.outW, column = p - line * s.outW;
    int image = line / s.outH, row = line - image * s.outH;
    return {static_cast<long long>(image) * s.h * s.width * s.xPitch, row * s.stride - s.padding,
            column * s.stride - s.padding};
}

/// What a term of a window sees in x.
template <class T>
DEVICE const T* window_element(const ConvCall& s, Term t, Corner p, bool& valid) {
    int row = p.row + t.row, column = p.column + t.column;
    valid = t.valid && static_cast<unsigned>(row) < static_cast<unsigned>(s.h)
            && static_cast<unsigned>(column) < static_cast<unsigned>(s.width);
    const T* x = static_cast<const T*>(s.x);
    return valid ? x + p.image + (static_cast<long long>(row) * s.width + column) * s.xPitch + t.channel : x;
}

/// Windows of x by output pixel, [pixel, term]: the left operand of a forward convolution.
template <class T, int V_>
struct Windows {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = false;
    using Fast = Term;
    using Slow = Corner;

    const ConvCall& call;
    const Corner* corners;  // of this block's pixels, in shared memory

    static DEVICE Corner corner(const ConvCall& s, int p) { return window_corner(s, p, s.finish.rows); }

    DEVICE Term fast(int k) const { return term_of(k, call.tiling.depth, call.c, call.kW); }
    DEVICE Corner slow(int row) const { return corners[row]; }
    DEVICE const T* at(Term t, Corner p, bool& valid) const { return window_element<T>(call, t, p, valid); }
};

/// What of y saw a pixel of x, [pixel, term] with terms by tap and then y's channel: the left operand of the gradient
/// with respect to x. A tap (i, j) of output (p, q) looked at x's row p stride + i - padding.
template <class T, int V_>
struct Seers {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = false;
    using Fast = Term;
    using Slow = Corner;

    const ConvCall& call;
    const Corner* corners;

    static DEVICE Corner corner(const ConvCall& s, int p) {
        if (p >= s.finish.rows) return {0, NO_ROW, 0};
        int image = p / (s.h * s.width), at = p % (s.h * s.width);
        return {static_cast<long long>(image) * s.outH * s.outW * s.yPitch, at / s.width + s.padding,
                at % s.width + s.padding};
    }

    DEVICE Term fast(int k) const { return term_of(k, call.tiling.depth, call.o, call.kW); }
    DEVICE Corner slow(int row) const { return corners[row]; }
    DEVICE const T* at(Term t, Corner p, bool& valid) const {
        int row = p.row - t.row, column = p.column - t.column;
        valid = t.valid && row >= 0 && column >= 0;
        if (call.stride > 1) {
            valid = valid && row % call.stride == 0 && column % call.stride == 0;
            row /= call.stride;
            column /= call.stride;
        }
        valid = valid && row < call.outH && column < call.outW;
        const T* y = static_cast<const T*>(call.y);
        return valid ? y + p.image + (static_cast<long long>(row) * call.outW + column) * call.yPitch + t.channel : y;
    }
};

/// The weights [o, term]: the right operand of a forward convolution.
template <class T, int V_>
struct Filters {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = false;
    using Fast = int;
    using Slow = int;

    const ConvCall& call;
    int first;  // of this block's output channels

    DEVICE int fast(int k) const { return k; }
    DEVICE int slow(int row) const { return first + row; }
    DEVICE const T* at(int k, int o, bool& valid) const {
        valid = k < call.tiling.depth && o < call.o;
        const T* w = static_cast<const T*>(call.w);
        return valid ? w + static_cast<long long>(o) * call.tiling.depth + k : w;
    }
};

/// The weights as [c, (tap, o)], adjacent along c: the right operand of the gradient with respect to x.
template <class T, int V_>
struct TurnedFilters {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = true;
    using Fast = int;
    using Slow = int;

    const ConvCall& call;
    int first;  // of this block's input channels

    DEVICE int fast(int column) const { return first + column; }
    DEVICE int slow(int k) const { return k; }
    DEVICE const T* at(int c, int k, bool& valid) const {
        valid = c < call.c && k < call.tiling.depth;
        int tap = k / call.o, o = k - tap * call.o;
        const T* w = static_cast<const T*>(call.w);
        return valid ? w + (static_cast<long long>(o) * call.kH * call.kW + tap) * call.c + c : w;
    }
};

/// y as [o, pixel], adjacent along o: the left operand of the gradient with respect to the weights.
template <class T, int V_>
struct Channels {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = true;
    using Fast = int;
    using Slow = int;

    const ConvCall& call;
    int first;

    DEVICE int fast(int row) const { return first + row; }
    DEVICE int slow(int pixel) const { return pixel; }
    DEVICE const T* at(int o, int pixel, bool& valid) const {
        valid = o < call.o && pixel < call.tiling.depth;
        const T* y = static_cast<const T*>(call.y);
        return valid ? y + pixel * call.yPitch + o : y;
    }
};

/// Windows of x as [term, pixel], adjacent along the term: the right operand of the gradient with respect to the
/// weights.
template <class T, int V_>
struct TurnedWindows {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = true;
    using Fast = Term;
    using Slow = Corner;

    const ConvCall& call;
    int first;  // of this block's terms

    DEVICE Term fast(int column) const { return term_of(first + column, call.finish.columns, call.c, call.kW); }
    DEVICE Corner slow(int pixel) const { return window_corner(call, pixel, call.tiling.depth); }
    DEVICE const T* at(Term t, Corner p, bool& valid) const { return window_element<T>(call, t, p, valid); }
};
