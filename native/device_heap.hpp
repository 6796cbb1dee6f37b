// Device memory of an instrumented build: its address says that it is device memory, and no address is used twice.
#pragma once

#include "notice.hpp"

#include <map>
#include <mutex>
#include <string>
#include <sys/mman.h>

namespace sim {

class DeviceHeap {
public:
    /// Reserved; only what is used becomes memory.
    static constexpr size_t total = size_t(1) << 33;
    /// Between neighbours.
    static constexpr size_t gap = 1024;

    SIM_UNCHECKED static DeviceHeap& get() {
        static DeviceHeap one;
        return one;
    }

    SIM_UNCHECKED void* allocate(size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex_);
        size_t at = next_;
        size_t size = (bytes + 255) / 256 * 256 + gap;
        if (at + size > total) return nullptr;
        next_ += size;
        live_[at] = {bytes, bytes};
        return base_ + at;
    }

    SIM_UNCHECKED void release(void* p) {
        std::lock_guard<std::mutex> lock(mutex_);
        size_t at = static_cast<char*>(p) - base_;
        auto found = live_.find(at);
        if (found == live_.end()) return;
        size_t bytes = found->second.capacity;
        live_.erase(found);
        size_t pages = bytes / 4096 * 4096;
        size_t first = (at + 4095) / 4096 * 4096;
        if (pages > 4096) madvise(base_ + first, pages - 4096, MADV_DONTNEED);
    }

    /// Only these bytes of an allocation may be used. Returns how many it has.
    SIM_UNCHECKED size_t hand_out(void* p, size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex_);
        last_from_ = last_to_ = 0;
        auto found = live_.find(static_cast<char*>(p) - base_);
        if (found == live_.end()) return 0;
        found->second.usable = bytes;
        return found->second.capacity;
    }

    SIM_UNCHECKED bool has(const void* p) const {
        return static_cast<size_t>(static_cast<const char*>(p) - base_) < total;
    }

    SIM_UNCHECKED size_t offset(const void* p) const { return static_cast<const char*>(p) - base_; }

    /// Whether the bytes lie in one allocation; if not, `nearest` says where the one before ends.
    SIM_UNCHECKED bool inside(const void* p, size_t bytes, std::string& nearest) {
        size_t at = offset(p);
        if (at >= last_from_ && at + bytes <= last_to_) return true;
        std::lock_guard<std::mutex> lock(mutex_);
        auto after = live_.upper_bound(at);
        if (after == live_.begin()) {
            nearest = "in front of all memory";
            return false;
        }
        auto found = std::prev(after);
        size_t end = found->first + found->second.usable;
        if (at + bytes <= end) {
            last_from_ = found->first;
            last_to_ = end;
            return true;
        }
        nearest = std::to_string(at + bytes - end) + " bytes beyond the end of " + std::to_string(found->second.usable)
                + " bytes";
        return false;
    }

private:
    struct Allocation {
        size_t capacity, usable;
    };

    SIM_UNCHECKED DeviceHeap() {
        base_ = static_cast<char*>(
                mmap(nullptr, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    }

    std::mutex mutex_;
    char* base_;
    size_t next_ = gap;
    std::map<size_t, Allocation> live_;
    size_t last_from_ = 0, last_to_ = 0;
};

}  // namespace sim
