// What the wrappers of anneal.cuh do, shown one at a time: a warp's registers and rows are handed in and out as they are.
// No operation uses these kernels. FragmentLayoutsTest holds them against the layouts of the PTX manual, first of all on a
// GPU that was never seen before, for a wrapper and its emulation can be wrong together.
#include "anneal.cuh"

/// d += a b; registers of all lanes: a [32][4], b [32][2], d [32][4].
template <class Multiply>
DEVICE void multiply_fragments(float* d, const uint32_t* a, const uint32_t* b, Multiply multiply) {
    int lane = threadIdx.x;
    uint32_t left[4], right[2];
    float sum[4];
    UNROLL for (int i = 0; i < 4; i++) left[i] = a[4 * lane + i];
    UNROLL for (int i = 0; i < 2; i++) right[i] = b[2 * lane + i];
    UNROLL for (int i = 0; i < 4; i++) sum[i] = d[4 * lane + i];
    multiply(sum, left, right);
    UNROLL for (int i = 0; i < 4; i++) d[4 * lane + i] = sum[i];
}

KERNEL(fragments_mma_bf16, (float* d, const uint32_t* a, const uint32_t* b)) {
    multiply_fragments(d, a, b, [](float(&sum)[4], const uint32_t(&left)[4], const uint32_t(&right)[2]) {
        mma_bf16(sum, left, right);
    });
}
KERNEL(fragments_mma_tf32, (float* d, const uint32_t* a, const uint32_t* b)) {
    multiply_fragments(d, a, b, [](float(&sum)[4], const uint32_t(&left)[4], const uint32_t(&right)[2]) {
        mma_tf32(sum, left, right);
    });
}

/// Loads words[256], 64 rows of 16 bytes, into shared memory; lane l then names row rows[l]. r is [32][4]; the two of the
/// x2 forms fill half of it.
template <class Load>
DEVICE void load_matrices(uint32_t* r, const uint32_t* words, const int* rows, Load load) {
    SHARED(uint32_t, shared, [256]);
    int lane = threadIdx.x;
    for (int i = lane; i < 256; i += 32) shared[i] = words[i];
    sync_block();
    uint32_t got[4] = {0, 0, 0, 0};
    load(got, shared + 4 * rows[lane]);
    UNROLL for (int i = 0; i < 4; i++) r[4 * lane + i] = got[i];
}

KERNEL(fragments_ldmatrix_x4, (uint32_t* r, const uint32_t* words, const int* rows)) {
    load_matrices(r, words, rows, [](uint32_t(&got)[4], const void* row) { ldmatrix_x4(got, row); });
}
KERNEL(fragments_ldmatrix_x4_trans, (uint32_t* r, const uint32_t* words, const int* rows)) {
    load_matrices(r, words, rows, [](uint32_t(&got)[4], const void* row) { ldmatrix_x4_trans(got, row); });
}
KERNEL(fragments_ldmatrix_x2, (uint32_t* r, const uint32_t* words, const int* rows)) {
    load_matrices(r, words, rows, [](uint32_t(&got)[4], const void* row) {
        uint32_t pair[2];
        ldmatrix_x2(pair, row);
        got[0] = pair[0];
        got[1] = pair[1];
    });
}
KERNEL(fragments_ldmatrix_x2_trans, (uint32_t* r, const uint32_t* words, const int* rows)) {
    load_matrices(r, words, rows, [](uint32_t(&got)[4], const void* row) {
        uint32_t pair[2];
        ldmatrix_x2_trans(pair, row);
        got[0] = pair[0];
        got[1] = pair[1];
    });
}

/// Three groups of copies, each waited for by itself: out is [3][32][4] words, every thread's as it comes to lie in
/// shared memory when group g has landed. Thread l copies 16 bytes if l is even, 4 if it is odd; valid[l] says whether.
KERNEL(fragments_copy_async, (uint32_t* out, const uint32_t* in, const int* valid)) {
    DYNAMIC_SHARED(uint32_t, stages);
    int lane = threadIdx.x;
    for (int g = 0; g < 3; g++) {
        uint32_t* to = stages + (g * 32 + lane) * 4;
        const uint32_t* from = in + (g * 32 + lane) * 4;
        if (lane % 2 == 0) {
            copy_async_16(to, from, valid[lane] != 0);
        } else {
            UNROLL for (int i = 1; i < 4; i++) to[i] = 7;  // not a target of the copy
            copy_async_4(to, from, valid[lane] != 0);
        }
        copy_async_commit();
    }
    for (int g = 0; g < 3; g++) {
        if (g == 0) copy_async_wait<2>();
        else if (g == 1) copy_async_wait<1>();
        else copy_async_wait<0>();
        sync_block();
        int other = 31 - lane;  // what another thread has copied, so that the barrier counts
        UNROLL for (int i = 0; i < 4; i++) out[(g * 32 + lane) * 4 + i] = stages[(g * 32 + other) * 4 + i];
    }
}

/// out is [5][32]: three exchanges, then sum and maximum, the same in every lane.
KERNEL(fragments_warp, (float* out, const float* in)) {
    int lane = threadIdx.x;
    float v = in[lane];
    out[lane] = shuffle(v, (lane * 5 + 3) % 32);
    out[32 + lane] = shuffle_xor(v, 13);
    out[64 + lane] = shuffle_down(v, 9);
    out[96 + lane] = warp_sum(v);
    out[128 + lane] = warp_max(v);
}

/// Roundings of `count` numbers: to bf16 alone, as the low and as the high half of a pair, and to tf32.
KERNEL(fragments_round, (uint32_t* out, const float* in, int count)) {
    int i = threadIdx.x;
    if (i < count) {
        out[4 * i] = round_to_bf16(in[i]);
        out[4 * i + 1] = pack_bf16(in[i], 0.0f);
        out[4 * i + 2] = pack_bf16(0.0f, in[i]);
        out[4 * i + 3] = to_tf32(in[i]);
    }
}
