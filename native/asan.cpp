// Tells AddressSanitizer what of shared and device memory exists, so that its run time reports a kernel's accesses beside
// it; local arrays it knows itself. The run time must be in the process from its start (LD_PRELOAD). Operations of a
// whole warp and asynchronous copies happen in the simulator, which is not watched: they are asked about here.
#include "barriers.hpp"
#include "device_heap.hpp"

#include <sanitizer/asan_interface.h>

namespace sim {
namespace {

/// Where shared memory was written to last, as long as nothing else is known: all of a block's.
void close_shared(Block& b) {
    __asan_poison_memory_region(b.dynamic_shared(), max_shared_bytes + 64 * shared_gap);
}

void check(const void* p, size_t bytes, const char* what, const char* file, int line) {
    if (__asan_region_is_poisoned(const_cast<void*>(p), bytes) == nullptr) return;
    std::string name(file);
    here().fail(std::string("AddressSanitizer: out of bounds: ") + what + " of " + std::to_string(bytes) + " bytes at "
            + name.substr(name.rfind('/') + 1) + ":" + std::to_string(line) + "; " + here().here());
}

}  // namespace

namespace notice {

void launch_begins(const char* kernel) { Barriers::get().launch_begins(kernel); }

void block_begins(size_t dynamic_bytes) {
    Block& b = here();
    close_shared(b);
    __asan_unpoison_memory_region(b.dynamic_shared(), dynamic_bytes);
}

void thread_starts(int) {}
void thread_runs(int) {}
void thread_ends() {}
void block_arrives() {}
void block_barrier() {}
void block_leaves() {}
void warp_arrives(int) {}
void warp_barrier(int) {}
void warp_leaves(int) {}

void shared_exists(size_t from, size_t to) {
    __asan_unpoison_memory_region(static_cast<char*>(here().dynamic_shared()) + from, to - from);
}

void warp_read(int, const void* from, size_t bytes, const Site& site) {
    check(from, bytes, site.what, site.file, site.line);
}

void copy_issued(const void* to, size_t bytes, const void* from, bool valid, const char* file, int line) {
    if (valid) check(from, bytes, "an asynchronous copy's read", file, line);
    check(to, bytes, "an asynchronous copy's write", file, line);
}

void copy_landed(const void*, size_t, const char*, int) {}

void tensor_product(long long) {}
const char* counts() { return ""; }
void* device_allocate(size_t bytes) {
    auto* p = static_cast<char*>(DeviceHeap::get().allocate(bytes));
    if (p != nullptr) __asan_poison_memory_region(p - DeviceHeap::gap, bytes + 2 * DeviceHeap::gap);
    return p;
}

void device_release(void* p) { DeviceHeap::get().release(p); }

void device_handed_out(void* p, size_t bytes) {
    size_t capacity = DeviceHeap::get().hand_out(p, bytes);
    __asan_poison_memory_region(p, capacity);
    __asan_unpoison_memory_region(p, bytes);
}

void device_written(void*, size_t) {}

}  // namespace notice
}  // namespace sim
