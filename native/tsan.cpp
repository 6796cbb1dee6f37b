// Hands a kernel's accesses on to ThreadSanitizer's own run time, with a fiber of its for every CUDA thread: a second
// opinion on races, by vector clocks instead of the phases of checks.cpp. The run time must be in the process from its
// start (LD_PRELOAD), and is looked up when this library is loaded.
//
// What g++ calls at an access are the functions below. Those outside of shared and device memory are the simulator's
// own and go no further, for it changes stacks where ThreadSanitizer believes in other threads.
//
// What orders threads: the barriers of a block and of a warp. A block begins after the one before it on its OS thread
// has ended, so races between blocks are not seen here; checks.cpp sees those.
#include "barriers.hpp"
#include "device_heap.hpp"

#include <cstdlib>

extern "C" {
#define FROM_RUN_TIME(signature) __attribute__((weak)) void signature
FROM_RUN_TIME(__tsan_read1_pc(void*, void*));
FROM_RUN_TIME(__tsan_read2_pc(void*, void*));
FROM_RUN_TIME(__tsan_read4_pc(void*, void*));
FROM_RUN_TIME(__tsan_read8_pc(void*, void*));
FROM_RUN_TIME(__tsan_write1_pc(void*, void*));
FROM_RUN_TIME(__tsan_write2_pc(void*, void*));
FROM_RUN_TIME(__tsan_write4_pc(void*, void*));
FROM_RUN_TIME(__tsan_write8_pc(void*, void*));
FROM_RUN_TIME(__tsan_acquire(void*));
FROM_RUN_TIME(__tsan_release(void*));
FROM_RUN_TIME(__tsan_switch_to_fiber(void*, unsigned));
__attribute__((weak)) void* __tsan_create_fiber(unsigned);
__attribute__((weak)) void* __tsan_get_current_fiber();
}

namespace sim {
namespace {

/// Switching fibers orders nothing; only what is released and acquired does.
constexpr unsigned no_order = 1;

class Fibers {
public:
    static Fibers& get() {
        static Fibers one;  // an instrumented build runs on one OS thread at a time
        return one;
    }

    /// What threads of one block release and acquire is kept apart from the next block's, and one barrier's from the
    /// next one's: else a thread that goes on late would seem ordered behind what others did after the barrier.
    void block_begins() {
        if (__tsan_create_fiber == nullptr) {
            std::fputs("this library needs ThreadSanitizer's run time: LD_PRELOAD=libtsan.so\n", stderr);
            std::abort();
        }
        home_ = __tsan_get_current_fiber();
        // A fiber is ordered behind what its maker did before: none may be made by another.
        for (int i = 0; i < here().threads(); i++) {
            if (fibers_[i] == nullptr) fibers_[i] = __tsan_create_fiber(0);
        }
        __tsan_release(&ends_[block_ % 2]);
        block_++;
    }

    void starts(int thread) {
        runs(thread);
        __tsan_acquire(&ends_[(block_ + 1) % 2]);
    }

    void runs(int thread) {
        void* fiber = thread < 0 ? home_ : fibers_[thread];
        if (running_ == fiber) return;
        running_ = fiber;
        __tsan_switch_to_fiber(fiber, no_order);
    }

    void ends() { __tsan_release(&ends_[block_ % 2]); }

    void arrives() { __tsan_release(&barriers_[phase_ % 2]); }
    void all_arrived() { phase_++; }
    void leaves() { __tsan_acquire(&barriers_[(phase_ + 1) % 2]); }
    void arrives(int warp) { __tsan_release(&warp_barriers_[warp][warp_phases_[warp] % 2]); }
    void all_arrived(int warp) { warp_phases_[warp]++; }
    void leaves(int warp) { __tsan_acquire(&warp_barriers_[warp][(warp_phases_[warp] + 1) % 2]); }

private:
    void* fibers_[max_threads] = {};
    void* home_ = nullptr;
    void* running_ = nullptr;
    unsigned block_ = 0, phase_ = 0, warp_phases_[max_threads / warp_size] = {};
    long long ends_[2], barriers_[2], warp_barriers_[max_threads / warp_size][2];
};

inline bool watched(const void* p) {
    Block* b = Block::tls();
    if (b == nullptr || b->current == nullptr) return false;
    auto at = static_cast<size_t>(static_cast<const char*>(p) - static_cast<const char*>(b->dynamic_shared()));
    return at < max_shared_bytes || DeviceHeap::get().has(p);
}

void touched(void* p, size_t bytes, bool writes, void* code) {
    if (!watched(p)) return;
    auto* at = static_cast<char*>(p);
    while (bytes > 0) {
        size_t step = 8;
        while (step > bytes || reinterpret_cast<uintptr_t>(at) % step != 0) step /= 2;
        switch (step) {
            case 8: writes ? __tsan_write8_pc(at, code) : __tsan_read8_pc(at, code); break;
            case 4: writes ? __tsan_write4_pc(at, code) : __tsan_read4_pc(at, code); break;
            case 2: writes ? __tsan_write2_pc(at, code) : __tsan_read2_pc(at, code); break;
            default: writes ? __tsan_write1_pc(at, code) : __tsan_read1_pc(at, code);
        }
        at += step;
        bytes -= step;
    }
}

}  // namespace

namespace notice {

void launch_begins(const char* kernel) { Barriers::get().launch_begins(kernel); }
void block_begins(size_t) { Fibers::get().block_begins(); }
void thread_starts(int thread) { Fibers::get().starts(thread); }
void thread_runs(int thread) { Fibers::get().runs(thread); }
void thread_ends() { Fibers::get().ends(); }
void block_arrives() { Fibers::get().arrives(); }
void block_barrier() { Fibers::get().all_arrived(); }
void block_leaves() { Fibers::get().leaves(); }
void warp_arrives(int warp) { Fibers::get().arrives(warp); }
void warp_barrier(int warp) { Fibers::get().all_arrived(warp); }
void warp_leaves(int warp) { Fibers::get().leaves(warp); }
void shared_exists(size_t, size_t) {}

// A row that another lane asked for: this lane's fiber must not be charged with it, so it is read in that lane's name.
void warp_read(int thread, const void* from, size_t bytes, const Site&) {
    int self = here().current->number;
    Fibers::get().runs(thread);
    touched(const_cast<void*>(from), bytes, false, __builtin_return_address(0));
    Fibers::get().runs(self);
}

void copy_issued(const void* to, size_t bytes, const void* from, bool valid, const char*, int) {
    if (valid) touched(const_cast<void*>(from), bytes, false, __builtin_return_address(0));
    touched(const_cast<void*>(to), bytes, true, __builtin_return_address(0));
}

void copy_landed(const void* to, size_t bytes, const char*, int) {
    touched(const_cast<void*>(to), bytes, true, __builtin_return_address(0));
}

void tensor_product(long long) {}
const char* counts() { return ""; }
void* device_allocate(size_t bytes) { return DeviceHeap::get().allocate(bytes); }
void device_release(void* p) { DeviceHeap::get().release(p); }
void device_handed_out(void* p, size_t bytes) { DeviceHeap::get().hand_out(p, bytes); }
void device_written(void*, size_t) {}

}  // namespace notice
}  // namespace sim

#include "accesses.hpp"
