// Matrix products of every kind that GemmSpec describes, and the second pass over the sums of a product that was cut
// along its depth (convolutions use it too). Java: CudaGemm.
#include "mat_product.cuh"

/// Strides in elements from a row, a column and a matrix of op(a), [m, k], and op(b), given as [n, k], to the next.
struct GemmCall {
    Finish finish;
    Tiling tiling;
    const void* a;
    const void* b;
    long long aOuter, aDepth, aEntry;
    long long bOuter, bDepth, bEntry;
    int m, n;
};

/// An operand in memory, adjacent along k or (COLUMNS) along its outer axis; one element at a time in any layout.
template <class T, int V_, bool COLUMNS>
struct Matrix {
    using Element = T;
    static constexpr int V = V_;
    static constexpr bool OUTER = COLUMNS;
    using Fast = int;
    using Slow = int;

    const T* first;  // of this block's rows
    long long outer, depth;
    int rows, terms;  // that there are from `first` on

    DEVICE Matrix(const void* matrices, long long entry, long long outerStride, long long depthStride, int row0,
                  int rowCount, int depthCount)
        : first(static_cast<const T*>(matrices) + entry + row0 * outerStride), outer(outerStride), depth(depthStride),
          rows(rowCount - row0), terms(depthCount) {}

    DEVICE Fast fast(int f) const { return f; }
    DEVICE Slow slow(int s) const { return s; }
    DEVICE const T* at(Fast f, Slow s, bool& valid) const {
        int row = COLUMNS ? f : s, term = COLUMNS ? s : f;
        valid = row < rows && term < terms;
        return valid ? first + row * outer + term * depth : first;
    }
};

template <class Tile, class T, int V, bool COLUMNS_A, bool COLUMNS_B>
DEVICE void gemm(const GemmCall& c) {
    DYNAMIC_SHARED(T, shared);
    int entry = c.tiling.entry(c.finish.splits);
    // the unit stride is known when chunks are moved
    long long aOuter = V > 1 && COLUMNS_A ? 1 : c.aOuter, aDepth = V > 1 && !COLUMNS_A ? 1 : c.aDepth;
    long long bOuter = V > 1 && COLUMNS_B ? 1 : c.bOuter, bDepth = V > 1 && !COLUMNS_B ? 1 : c.bDepth;
    Matrix<T, V, COLUMNS_A> a(c.a, entry * c.aEntry, aOuter, aDepth, c.tiling.tileM() * Tile::ROWS, c.m,
                              c.tiling.depth);
    Matrix<T, V, COLUMNS_B> b(c.b, entry * c.bEntry, bOuter, bDepth, c.tiling.tileN() * Tile::COLUMNS, c.n,
                              c.tiling.depth);
    make_tile<Tile>(c.finish, c.tiling, a, b, entry, shared);
}

#define GEMM(arithmetic, T, V, layout, columnsA, columnsB, size, Tile, blocks)                              \
    KERNEL_BOUNDS(gemm_##arithmetic##_##layout##_##size, Tile::THREADS, blocks, (GemmCall c)) {             \
        gemm<Tile, T, V, columnsA, columnsB>(c);                                                            \
    }

// n and t as in GemmSpec: a of an n product is adjacent along k, b of an n product along its outer axis
#define GEMMS(arithmetic, T, V, size, Tile, blocks)                              \
    GEMM(arithmetic, T, V, nn, false, true, size, Tile, blocks)                  \
    GEMM(arithmetic, T, V, nt, false, false, size, Tile, blocks)                 \
    GEMM(arithmetic, T, V, tn, true, true, size, Tile, blocks)                   \
    GEMM(arithmetic, T, V, tt, true, false, size, Tile, blocks)

using Tf32Large = MmaLarge<Tf32Fragments>;
using Tf32Small = MmaSmall<Tf32Fragments>;
using Bf16Large = MmaLarge<Bf16Fragments>;
using Bf16Small = MmaSmall<Bf16Fragments>;

GEMMS(fma, float, 4, large, FmaLarge, 2)
GEMMS(fma, float, 4, small, FmaSmall, 8)
GEMMS(tf32, float, 4, large, Tf32Large, 1)
GEMMS(tf32, float, 4, small, Tf32Small, 3)
GEMMS(bf16, bf16, 8, large, Bf16Large, 2)
GEMMS(bf16, bf16, 8, small, Bf16Small, 3)
GEMM(fma, float, 1, any, false, false, small, FmaSmall, 8)
GEMM(tf32, float, 1, any, false, false, small, Tf32Small, 3)
GEMM(bf16, bf16, 1, any, false, false, small, Bf16Small, 3)

/// Adds the parts of every result, f.partial [splits][entries][rows][columns], in order and finishes it.
KERNEL(mat_finish, (Finish f)) {
    long long size = static_cast<long long>(f.rows) * f.columns, count = f.entries * size;
    for (long long i = global_thread(); i < count; i += global_threads()) {
        float sum = f.partial[i];
        for (int s = 1; s < f.splits; s++) sum += f.partial[s * count + i];
        long long at = i % size;
        finish(f, static_cast<int>(i / size), static_cast<int>(at / f.columns), static_cast<int>(at % f.columns), sum);
    }
}
