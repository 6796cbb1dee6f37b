// Kernels with one mistake each, which a checked build must report by line. The tests look for the word after "BUG".
#include "anneal.cuh"

KERNEL(planted_clean, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    tile[threadIdx.x] = in[threadIdx.x];
    sync_block();
    out[threadIdx.x] = tile[63 - threadIdx.x];
}

KERNEL(planted_race, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    tile[63 - threadIdx.x] = 0.0f;
    sync_block();
    tile[threadIdx.x] = in[threadIdx.x];
    out[threadIdx.x] = tile[63 - threadIdx.x];  // BUG race
}

KERNEL(planted_race_in_a_warp, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    tile[threadIdx.x ^ 1] = 0.0f;
    sync_warp();
    tile[threadIdx.x] = in[threadIdx.x];
    out[threadIdx.x] = tile[threadIdx.x ^ 1];  // BUG race_in_a_warp
}

KERNEL(planted_race_after_reading, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    tile[threadIdx.x] = in[threadIdx.x];
    sync_block();
    float other = tile[63 - threadIdx.x];
    tile[threadIdx.x] = 2.0f * other;  // BUG race_after_reading
    out[threadIdx.x] = other;
}

KERNEL(planted_race_of_blocks, (float* out, const float* in)) {
    out[threadIdx.x] = in[threadIdx.x] + static_cast<float>(blockIdx.x);  // BUG race_of_blocks
}

KERNEL(planted_shared_bounds, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    tile[threadIdx.x + 1] = in[threadIdx.x];  // BUG shared_bounds
    sync_block();
    out[threadIdx.x] = 0.0f;
}

KERNEL(planted_device_bounds, (float* out, const float* in)) {
    out[threadIdx.x] = in[threadIdx.x + 1];  // BUG device_bounds
}

KERNEL(planted_local_bounds, (float* out, const float* in)) {
    float few[4] = {};
    for (int i = 0; i < 4; i++) few[i] = in[i];
    int which = static_cast<int>(threadIdx.x) / 15;
    out[threadIdx.x] = few[which];  // BUG local_bounds
}

KERNEL(planted_uninitialised_shared, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    if (threadIdx.x < 63) tile[threadIdx.x] = in[threadIdx.x];
    sync_block();
    out[threadIdx.x] = tile[threadIdx.x];  // BUG uninitialised_shared
}

KERNEL(planted_uninitialised_device, (float* out, const float* in)) {
    float before = out[threadIdx.x];  // BUG uninitialised_device
    out[threadIdx.x] = before + in[threadIdx.x];
}

KERNEL(planted_divergent_barrier, (float* out, const float* in)) {
    if (threadIdx.x < 40) sync_block();  // BUG divergent_barrier
    out[threadIdx.x] = in[threadIdx.x];
}

KERNEL(planted_missing_wait, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    copy_async_4(&tile[threadIdx.x], &in[threadIdx.x]);
    copy_async_commit();
    out[threadIdx.x] = tile[threadIdx.x];  // BUG missing_wait
}

KERNEL(planted_missing_barrier_after_wait, (float* out, const float* in)) {
    SHARED(float, tile, [64]);
    copy_async_4(&tile[threadIdx.x], &in[threadIdx.x]);
    copy_async_commit();
    copy_async_wait<0>();
    out[threadIdx.x] = tile[63 - threadIdx.x];  // BUG missing_barrier_after_wait
}
