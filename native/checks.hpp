// What a checked build looks at: every access of a kernel to shared or device memory.
//
// The kernels are compiled with -fsanitize=thread, which makes g++ call a function at every access. These are our own
// functions instead of ThreadSanitizer's, because they can know what a barrier, a warp and a block are: two accesses are
// in order if a block's barrier lies between them, or a warp's between lanes of it, and nothing else orders them.
// Reported, by the lines of both: races, reads of what was never written, accesses outside of what was allocated, and
// accesses to what an asynchronous copy still has to fill.
#pragma once

#include "block.hpp"

#include <map>
#include <mutex>
#include <sys/mman.h>

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

/// Device memory with what is known of each byte. Addresses are reserved; only what is used becomes memory.
class Checked {
public:
    static constexpr size_t granule = 2;
    static constexpr size_t device_bytes = size_t(1) << 33;

    SIM_UNCHECKED static Checked& get() {
        static Checked one;
        return one;
    }

    SIM_UNCHECKED void* allocate(size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex_);
        // Never the same address again, and always a gap between neighbours.
        size_t at = next_;
        size_t size = (bytes + 255) / 256 * 256 + 1024;
        if (at + size > device_bytes) return nullptr;
        next_ += size;
        live_[at] = bytes;
        return device_ + at;
    }

    SIM_UNCHECKED void release(void* p) {
        std::lock_guard<std::mutex> lock(mutex_);
        size_t at = static_cast<char*>(p) - device_;
        auto found = live_.find(at);
        if (found == live_.end()) return;
        size_t bytes = found->second;
        live_.erase(found);
        size_t pages = bytes / 4096 * 4096;
        size_t first = (at + 4095) / 4096 * 4096;
        if (pages > 4096) madvise(device_ + first, pages - 4096, MADV_DONTNEED);
    }

    /// Only these bytes may be used, and nothing is in them yet.
    SIM_UNCHECKED void hand_out(void* p, size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex_);
        size_t at = static_cast<char*>(p) - device_;
        if (at >= device_bytes) return;
        live_[at] = bytes;
        for (size_t i = at / granule; i < (at + bytes + granule - 1) / granule; i++) cells_[i] = Cell{};
    }

    /// The host wrote here.
    SIM_UNCHECKED void written(void* p, size_t bytes) {
        size_t at = static_cast<char*>(p) - device_;
        if (at >= device_bytes) return;
        for (size_t i = at / granule; i < (at + bytes + granule - 1) / granule; i++) cells_[i].written_in = 1;
    }

    SIM_UNCHECKED bool is_device(const void* p) const {
        return static_cast<size_t>(static_cast<const char*>(p) - device_) < device_bytes;
    }

    SIM_UNCHECKED Cell* device_cell(const void* p) { return cells_ + (static_cast<const char*>(p) - device_) / granule; }

    /// Whether the bytes lie in one allocation; if not, `nearest` says where the one before ends.
    SIM_UNCHECKED bool inside(const void* p, size_t bytes, std::string& nearest) {
        size_t at = static_cast<const char*>(p) - device_;
        if (at >= last_from_ && at + bytes <= last_to_) return true;
        std::lock_guard<std::mutex> lock(mutex_);
        auto after = live_.upper_bound(at);
        if (after == live_.begin()) {
            nearest = "in front of all memory";
            return false;
        }
        auto found = std::prev(after);
        if (at + bytes <= found->first + found->second) {
            last_from_ = found->first;
            last_to_ = found->first + found->second;
            return true;
        }
        nearest = std::to_string(at + bytes - found->first - found->second) + " bytes beyond the end of "
                + std::to_string(found->second) + " bytes";
        return false;
    }

    SIM_UNCHECKED void forget_last() { last_from_ = last_to_ = 0; }

private:
    SIM_UNCHECKED Checked() {
        auto reserve = [](size_t bytes) {
            return mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        };
        device_ = static_cast<char*>(reserve(device_bytes));
        cells_ = static_cast<Cell*>(reserve(device_bytes / granule * sizeof(Cell)));
    }

    std::mutex mutex_;
    char* device_;
    Cell* cells_;
    size_t next_ = 1024;
    std::map<size_t, size_t> live_;
    size_t last_from_ = 0, last_to_ = 0;
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
        Checked::get().forget_last();
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
    std::vector<Cell> shared_ = std::vector<Cell>(max_shared_bytes / Checked::granule + 64);
    std::vector<uint32_t> exists_ = std::vector<uint32_t>(max_shared_bytes + 256);
};

/// "file.cu:12": the kernel's own line where it was inlined, and in brackets that of the helper.
std::string text(const Place& place);

}  // namespace sim
