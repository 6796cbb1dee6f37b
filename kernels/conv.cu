// Convolutions as matrix products whose operands are gathered while they are loaded: forward [pixels, o] = windows times
// filters, the gradient with respect to x [pixels, c], and the gradient with respect to the weights [o, terms], whose
// sum over pixels is cut into parts that mat_finish adds. Java: CudaConv.
#include "mat_window.cuh"

/// Where the tile's pixels lie, once for the whole sum.
template <class Tile, class Source>
DEVICE void find_corners(const ConvCall& c, Corner* corners) {
    for (int i = threadIdx.x; i < Tile::ROWS; i += Tile::THREADS) {
        corners[i] = Source::corner(c, c.tiling.tileM() * Tile::ROWS + i);
    }
    sync_block();
}

/// A product whose left operand is gathered by pixel.
template <class Tile, class Pixels, class Weights>
DEVICE void conv_pixels(const ConvCall& c) {
    DYNAMIC_SHARED(typename Pixels::Element, shared);
    SHARED(Corner, corners, [Tile::ROWS]);
    find_corners<Tile, Pixels>(c, corners);
    Pixels a{c, corners};
    Weights b{c, c.tiling.tileN() * Tile::COLUMNS};
    make_tile<Tile>(c.finish, c.tiling, a, b, 0, shared);
}

template <class Tile, class T, int V>
DEVICE void conv_forward(const ConvCall& c) {
    conv_pixels<Tile, Windows<T, V>, Filters<T, V>>(c);
}

template <class Tile, class T, int V>
DEVICE void conv_data(const ConvCall& c) {
    conv_pixels<Tile, Seers<T, V>, TurnedFilters<T, V>>(c);
}

template <class Tile, class T, int V>
DEVICE void conv_weight(const ConvCall& c) {
    DYNAMIC_SHARED(T, shared);
    Channels<T, V> a{c, c.tiling.tileM() * Tile::ROWS};
    TurnedWindows<T, V> b{c, c.tiling.tileN() * Tile::COLUMNS};
    make_tile<Tile>(c.finish, c.tiling, a, b, 0, shared);
}

#define CONV(mode, arithmetic, T, V, layout, size, Tile, blocks)                                              \
    KERNEL_BOUNDS(conv_##mode##_##arithmetic##_##layout##_##size, Tile::THREADS, blocks, (ConvCall c)) {      \
        conv_##mode<Tile, T, V>(c);                                                                           \
    }

#define CONVS(arithmetic, T, V, layout, size, Tile, blocks)              \
    CONV(forward, arithmetic, T, V, layout, size, Tile, blocks)          \
    CONV(data, arithmetic, T, V, layout, size, Tile, blocks)             \
    CONV(weight, arithmetic, T, V, layout, size, Tile, blocks)

using Tf32Large = MmaLarge<Tf32Fragments>;
using Tf32Small = MmaSmall<Tf32Fragments>;
using Bf16Large = MmaLarge<Bf16Fragments>;
using Bf16Small = MmaSmall<Bf16Fragments>;

CONVS(fma, float, 4, chunks, large, FmaLarge, 2)
CONVS(fma, float, 4, chunks, small, FmaSmall, 8)
CONVS(tf32, float, 4, chunks, large, Tf32Large, 1)
CONVS(tf32, float, 4, chunks, small, Tf32Small, 3)
CONVS(bf16, bf16, 8, chunks, large, Bf16Large, 2)
CONVS(bf16, bf16, 8, chunks, small, Bf16Small, 3)
CONVS(fma, float, 1, any, small, FmaSmall, 8)
CONVS(tf32, float, 1, any, small, Tf32Small, 3)
CONVS(bf16, bf16, 1, any, small, Bf16Small, 3)
