// A 3x3 convolution with a border of zeros as a matrix product: what the rungs share.
//
// Rows are pixels, columns are filters, terms are numbered by tap, then channel. x is [n, h, w, c], the weights are
// [filter][tap][c], y is [n, h, w, filter], all bfloat16 and dense.
#pragma once

#include "anneal.cuh"

struct Window {
    int n, h, w, c, filters;

    DEVICE long long pixels() const { return static_cast<long long>(n) * h * w; }
    DEVICE int terms() const { return 9 * c; }

    /// Where term `term` of pixel `pixel` lies in x; -1 outside of the image.
    DEVICE long long at(long long pixel, int term) const {
        int tap = term / c, channel = term - tap * c;
        long long image = pixel / (h * w);
        int place = static_cast<int>(pixel - image * h * w);
        int row = place / w + tap / 3 - 1, column = place % w + tap % 3 - 1;
        bool inside = row >= 0 && row < h && column >= 0 && column < w;
        return inside ? ((image * h + row) * w + column) * c + channel : -1;
    }
};
