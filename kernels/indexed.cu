#include "operand.cuh"

// Rows by index. An index outside the table reads as NaN and is not added anywhere: the host cannot look at it without
// waiting for the device.

enum { INDEX_THREADS = 256 };

/// Row and column of this thread's element of a matrix with n columns.
struct Place {
    long long row;
    int column;

    DEVICE explicit Place(int n) {
        long long i = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
        row = i / n;
        column = static_cast<int>(i % n);
    }
};

KERNEL_BOUNDS(gather, INDEX_THREADS, 1, (Operand table, int entries, const int* index, int rows, int n, Operand out)) {
    Place at(n);
    if (at.row < rows) {
        int i = index[at.row];
        out.set(at.row, at.column, i >= 0 && i < entries ? table.at(i, at.column) : NAN);
    }
}

/// blockIdx.x counts the rows, blockIdx.y strips of columns. Only the block of an index's first row works: it adds all
/// rows with that index, in order.
KERNEL_BOUNDS(scatter_add, INDEX_THREADS, 1, (const int* index, int rows, Operand added, int n, Operand table,
                                              int entries)) {
    SHARED(float, shared, [32]);
    int first = blockIdx.x;
    int entry = index[first];
    float before = 0;
    for (int i = threadIdx.x; i < first; i += INDEX_THREADS) {
        before += index[i] == entry ? 1 : 0;
    }
    before = block_sum(before, shared);
    int column = blockIdx.y * INDEX_THREADS + threadIdx.x;
    if (before > 0 || entry < 0 || entry >= entries || column >= n) {
        return;
    }
    float sum = table.at(entry, column);
    for (int i = first; i < rows; i++) {
        if (index[i] == entry) {
            sum += added.at(i, column);
        }
    }
    table.set(entry, column, sum);
}

KERNEL_BOUNDS(one_hot, INDEX_THREADS, 1, (const int* index, int rows, int n, Operand out)) {
    Place at(n);
    if (at.row < rows) {
        int i = index[at.row];
        out.set(at.row, at.column, i < 0 || i >= n ? NAN : i == at.column ? 1 : 0);
    }
}
