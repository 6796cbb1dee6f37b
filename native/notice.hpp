// What an instrumented build is told while a kernel runs. Such a build (SIM_CHECKS) links one listener: checks.cpp, our
// own judge; tsan.cpp, which hands on to ThreadSanitizer; or asan.cpp, which tells AddressSanitizer what is allocated.
// counts.cpp counts what a kernel moves, for the ladder. Every other build is told nothing and pays nothing.
#pragma once

#include <cstddef>

// In an instrumented build the simulator itself is not watched.
#ifdef SIM_CHECKS
#define SIM_UNCHECKED __attribute__((no_sanitize("thread"), no_sanitize("address")))
#else
#define SIM_UNCHECKED
#endif

namespace sim {

/// A place in a kernel where threads wait.
struct Site;

namespace notice {

/// Numbers the simulator's own course in thread_runs.
constexpr int simulator = -1;

#ifdef SIM_CHECKS
void launch_begins(const char* kernel);
void block_begins(size_t dynamic_bytes);
/// A thread of the block begins, goes on after a wait, ends.
void thread_starts(int thread);
void thread_runs(int thread);
void thread_ends();
/// A thread comes to a barrier of its block, all have come, and it goes on.
void block_arrives();
void block_barrier();
void block_leaves();
void warp_arrives(int warp);
void warp_barrier(int warp);
void warp_leaves(int warp);
void shared_exists(size_t from, size_t to);
void warp_read(int thread, const void* from, size_t bytes, const Site& site);
void copy_issued(const void* to, size_t bytes, const void* from, bool valid, const char* file, int line);
void copy_landed(const void* to, size_t bytes, const char* file, int line);
void* device_allocate(size_t bytes);
void device_release(void* p);
/// Of the memory at p these bytes may be used from now on, and hold nothing.
void device_handed_out(void* p, size_t bytes);
void device_written(void* p, size_t bytes);
/// A warp multiplies on tensor cores: so many multiply-adds.
void tensor_product(long long multiply_adds);
/// What counts.cpp counted since the last call, as text; empty from every other listener.
const char* counts();
/// Whether this wait is to be left out, as if its line were deleted; barriers.cpp.
bool left_out(const Site& site);
#else
inline void launch_begins(const char*) {}
inline void block_begins(size_t) {}
inline void thread_starts(int) {}
inline void thread_runs(int) {}
inline void thread_ends() {}
inline void block_arrives() {}
inline void block_barrier() {}
inline void block_leaves() {}
inline void warp_arrives(int) {}
inline void warp_barrier(int) {}
inline void warp_leaves(int) {}
inline void shared_exists(size_t, size_t) {}
inline void warp_read(int, const void*, size_t, const Site&) {}
inline void copy_issued(const void*, size_t, const void*, bool, const char*, int) {}
inline void copy_landed(const void*, size_t, const char*, int) {}
inline void tensor_product(long long) {}
inline const char* counts() { return ""; }
inline bool left_out(const Site&) { return false; }
#endif

}  // namespace notice
}  // namespace sim
