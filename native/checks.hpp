// What a checked build looks at: every access of a kernel to shared or device memory.
//
// The kernels are compiled with -fsanitize=thread, which makes g++ call a function at every access. These are our own
// functions instead of ThreadSanitizer's, because they can know what a barrier, a warp and a block are: two accesses are
// in order if a block's barrier lies between them, or a warp's between lanes of it, and nothing else orders them.
// Reported, by the lines of both: races, reads of what was never written, accesses outside of what was allocated, and
// accesses to what an asynchronous copy still has to fill.
#pragma once

#include "barriers.hpp"
#include "device_heap.hpp"

namespace sim {

/// A place in the source: an address in the code, or what a wrapper says of its caller.
struct Place {
    const void* code = nullptr;
    const char* file = nullptr;
    int line = 0;
};

/// One access: who, between which barriers, and from where in the code.
struct Access {
    uint32_t launch = 0;  // 0: never
    uint32_t block = 0, phase = 0, warp_phase = 0;
    uint32_t thread = 0;
    Place place;
};

/// What is known of two bytes.
struct Cell {
    Access write, read, other_read;
    uint32_t written_in = 0;  // shared memory: the run of a block; device memory: 1
    bool pending = false;  // an asynchronous copy, issued by `write`, is to land here
};

/// What is known of every two bytes of device memory.
class DeviceCells {
public:
    static constexpr size_t granule = 2;

    SIM_UNCHECKED static DeviceCells& get() {
        static DeviceCells one;
        return one;
    }

    SIM_UNCHECKED Cell* at(const void* p) { return cells_ + DeviceHeap::get().offset(p) / granule; }

    /// Nothing is in these bytes yet.
    SIM_UNCHECKED void forget(const void* p, size_t bytes) {
        Cell* c = at(p);
        for (size_t i = 0; i < (bytes + granule - 1) / granule; i++) c[i] = Cell{};
    }

    /// The host wrote here.
    SIM_UNCHECKED void written(const void* p, size_t bytes) {
        Cell* c = at(p);
        for (size_t i = 0; i < (bytes + granule - 1) / granule; i++) c[i].written_in = 1;
    }

private:
    SIM_UNCHECKED DeviceCells() {
        cells_ = static_cast<Cell*>(mmap(nullptr, DeviceHeap::total / granule * sizeof(Cell), PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    }

    Cell* cells_;
};

/// The shadow of a block's shared memory and the judgement over every access.
class Judge {
public:
    SIM_UNCHECKED static Judge& get() {
        static Judge one;  // a checked build runs on one OS thread
        return one;
    }

    SIM_UNCHECKED void launch_begins() {
        launch_++;
        block_ = 0;
    }

    SIM_UNCHECKED void block_begins() {
        block_++;
        run_++;
        phase_ = 0;
        for (auto& w : warp_phase_) w = 0;
        shared_top_ = 0;
    }

    SIM_UNCHECKED void block_barrier() { phase_++; }
    SIM_UNCHECKED void warp_barrier(int warp) { warp_phase_[warp]++; }

    /// [from, to) of shared memory belongs to a declaration or to the launch's dynamic part.
    SIM_UNCHECKED void shared_exists(size_t from, size_t to) {
        for (size_t i = from; i < to; i++) exists_[i] = run_;
        for (size_t i = to; i < std::min(to + 128, max_shared_bytes); i++) exists_[i] = 0;
    }

    enum Kind { read, write, issue, land };

    /// `thread` is who does it: for a warp's operation not the one that runs.
    SIM_UNCHECKED void access(Block& b, int thread, const void* p, size_t bytes, Kind kind, Place place);

private:
    SIM_UNCHECKED void look(Block& b, int thread, Cell& c, Kind kind, Place place, bool shared);
    SIM_UNCHECKED bool ordered(const Access& a, const Access& now) const {
        if (a.launch != now.launch) return true;
        if (a.block != now.block) return false;
        if (a.thread == now.thread || a.phase != now.phase) return true;
        return a.thread / warp_size == now.thread / warp_size && a.warp_phase != now.warp_phase;
    }
    SIM_UNCHECKED void race(Block& b, const Access& a, const char* what, const Access& now, const char* what_now, bool shared);

    uint32_t launch_ = 0, block_ = 0, run_ = 0, phase_ = 0;
    uint32_t warp_phase_[max_threads / warp_size];
    size_t shared_top_ = 0;
    std::vector<Cell> shared_ = std::vector<Cell>(max_shared_bytes / DeviceCells::granule + 64);
    std::vector<uint32_t> exists_ = std::vector<uint32_t>(max_shared_bytes + 256);
};

/// "file.cu:12": the kernel's own line where it was inlined, and in brackets that of the helper.
std::string text(const Place& place);

}  // namespace sim
