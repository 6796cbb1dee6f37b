// A tile of one operand on its way from global to shared memory.
//
// An operand of a product c[m, n] = sum over k of a[m, k] b[n, k] is a source: a class that says where its elements
// lie. Along one of its two axes they are adjacent (`fast`; it is k, or the outer axis when OUTER), and a thread moves
// chunks of V elements along it: V = 16 bytes, or one element where extents or addresses do not allow that.
//   Fast fast(int f), Slow slow(int s)           positions inside the tile's share of the operand, k counted from 0
//   const T* at(Fast, Slow, bool& valid)         the chunk, and whether there is one; outside are zeros
#pragma once

#include "anneal.cuh"

/// In shared memory a tile lies as its source does, [outer][k] or [k][outer], padded so that the rows of an ldmatrix or
/// a column of fragments touch different banks. Where TRANSPOSE, it lies [k][outer] in any case.
template <class Source, int ROWS, int DEPTH, int THREADS, bool TRANSPOSE>
struct Stage {
    using T = typename Source::Element;
    static constexpr int V = Source::V;
    static constexpr bool OUTER = TRANSPOSE || Source::OUTER;
    static constexpr int PITCH = OUTER ? ROWS + (TRANSPOSE ? 4 : 8) : DEPTH + 16 / static_cast<int>(sizeof(T));
    static constexpr int SIZE = OUTER ? DEPTH * PITCH : ROWS * PITCH;
    /// Chunks that need no turning go straight to shared memory, on their own.
    static constexpr bool ASYNC = V * sizeof(T) == 16 && OUTER == Source::OUTER;

    static constexpr int CHUNKS = (Source::OUTER ? ROWS : DEPTH) / V;
    static constexpr int LINES = Source::OUTER ? DEPTH : ROWS;
    static constexpr int STEP = THREADS / CHUNKS;
    static constexpr int COUNT = LINES / STEP;
    static_assert(THREADS % CHUNKS == 0 && LINES % STEP == 0, "every thread moves the same number of chunks");

    struct Registers {
        T held[ASYNC ? 1 : COUNT * V];
    };

    /// Begins to move the tile whose first k is `depth`; registers take what is not asynchronous.
    static DEVICE void fetch(const Source& source, int depth, T* tile, Registers& registers) {
        int f = threadIdx.x % CHUNKS * V;
        auto fast = source.fast(Source::OUTER ? f : depth + f);
        UNROLL for (int i = 0; i < COUNT; i++) {
            int line = threadIdx.x / CHUNKS + i * STEP;
            bool valid;
            const T* from = source.at(fast, source.slow(Source::OUTER ? depth + line : line), valid);
            if constexpr (ASYNC) {
                copy_async_16(tile + line * PITCH + f, from, valid);
            } else if constexpr (V == 1) {
                registers.held[i] = valid ? *from : from_float<T>(0.0f);
            } else {
                float4 v = valid ? load4(from) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
                registers.held[i * V] = v.x;
                registers.held[i * V + 1] = v.y;
                registers.held[i * V + 2] = v.z;
                registers.held[i * V + 3] = v.w;
            }
        }
    }

    /// Puts what `fetch` took into registers in its place.
    static DEVICE void put(T* tile, const Registers& registers) {
        if constexpr (!ASYNC) {
            int f = threadIdx.x % CHUNKS * V;
            UNROLL for (int i = 0; i < COUNT; i++) {
                int line = threadIdx.x / CHUNKS + i * STEP;
                UNROLL for (int j = 0; j < V; j++) {
                    int at = OUTER == Source::OUTER ? line * PITCH + f + j : (f + j) * PITCH + line;
                    tile[at] = registers.held[i * V + j];
                }
            }
        }
    }
};
