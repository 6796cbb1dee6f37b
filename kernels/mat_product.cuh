// The tile product that matrix products and convolutions share: sources, a pipeline of stages in shared memory, an
// arithmetic, and results on their way out.
#pragma once

#include "mat_finish.cuh"
#include "mat_fma.cuh"
#include "mat_mma.cuh"
#include "mat_stage.cuh"

/// Which tile and which part of the sum a block makes: blocks are numbered columns first, then rows, then (for
/// products cut along their depth) parts, then matrices of a batch. Java: MatTiles.
struct Tiling {
    int tilesM, tilesN;
    int depth, partDepth;  // terms in all and of one part, a multiple of 128

    DEVICE int tileN() const { return blockIdx.x % tilesN; }
    DEVICE int tileM() const { return blockIdx.x / tilesN % tilesM; }
    DEVICE int part(int splits) const { return blockIdx.x / tilesN / tilesM % splits; }
    DEVICE int entry(int splits) const { return blockIdx.x / tilesN / tilesM / splits; }
};

template <class Tile, class SourceA, class SourceB>
struct Product {
    using StageA = Stage<SourceA, Tile::ROWS, Tile::DEPTH, Tile::THREADS, Tile::TRANSPOSE>;
    using StageB = Stage<SourceB, Tile::COLUMNS, Tile::DEPTH, Tile::THREADS, Tile::TRANSPOSE>;
    using T = typename SourceA::Element;
    static constexpr bool ASYNC = StageA::ASYNC && StageB::ASYNC;
    static constexpr int STAGES = ASYNC ? 3 : 2;
    static constexpr int STAGE = StageA::SIZE + StageB::SIZE;

    /// Adds the terms first..last-1, k counted over the whole sum, to the tile.
    static DEVICE void run(const SourceA& a, const SourceB& b, int first, int last, T* shared, Tile& tile) {
        int steps = (last - first + Tile::DEPTH - 1) / Tile::DEPTH;
        typename StageA::Registers heldA;
        typename StageB::Registers heldB;
        UNROLL for (int s = 0; s < STAGES - 1; s++) {
            if (s < steps) fetch(a, b, first, s, shared, heldA, heldB);
            copy_async_commit();
        }
        if (steps > 0) put(0, shared, heldA, heldB);
        for (int s = 0; s < steps; s++) {
            copy_async_wait<STAGES - 2>();
            sync_block();
            int next = s + STAGES - 1;
            if (next < steps) fetch(a, b, first, next, shared, heldA, heldB);
            copy_async_commit();
            const T* stage = shared + s % STAGES * STAGE;
            tile.template multiply<StageA, StageB>(stage, stage + StageA::SIZE);
            tile.after((s + 1) * Tile::DEPTH);
            if (next < steps) put(next, shared, heldA, heldB);
        }
        // what is still on its way are the empty groups of the last steps
    }

private:
    static DEVICE void fetch(const SourceA& a, const SourceB& b, int first, int step, T* shared,
                             typename StageA::Registers& heldA, typename StageB::Registers& heldB) {
        T* stage = shared + step % STAGES * STAGE;
        StageA::fetch(a, first + step * Tile::DEPTH, stage, heldA);
        StageB::fetch(b, first + step * Tile::DEPTH, stage + StageA::SIZE, heldB);
    }

    static DEVICE void put(int step, T* shared, const typename StageA::Registers& heldA,
                           const typename StageB::Registers& heldB) {
        T* stage = shared + step % STAGES * STAGE;
        StageA::put(stage, heldA);
        StageB::put(stage + StageA::SIZE, heldB);
    }
};

/// A whole block's work on matrix `entry` of the batch.
template <class Tile, class SourceA, class SourceB>
DEVICE void make_tile(const Finish& f, const Tiling& t, const SourceA& a, const SourceB& b, int entry,
                      typename SourceA::Element* shared) {
    int part = t.part(f.splits);
    int first = part * t.partDepth, last = first + t.partDepth;
    if (last > t.depth) last = t.depth;
    Tile tile;
    Product<Tile, SourceA, SourceB>::run(a, b, first, last, shared, tile);
    int row0 = t.tileM() * Tile::ROWS, column0 = t.tileN() * Tile::COLUMNS;
    tile.results([&](int i, int j, float r) {
        int row = row0 + i, column = column0 + j;
        if (row < f.rows && column < f.columns) put(f, part, entry, row, column, r);
    });
}

// Tile sizes. Java (MatTiles) knows them too.
using FmaLarge = FmaTile<128, 64, 16, 8, 8>;
using FmaSmall = FmaTile<32, 32, 32, 4, 4>;
template <class Fragments>
using MmaLarge = MmaTile<Fragments, 128, 128, 32, 64, 32>;
template <class Fragments>
using MmaSmall = MmaTile<Fragments, 64, 64, 32, 32, 32>;
