// Counts what kernels move and meet, so that the rungs of a ladder can be compared without a GPU (kernels/ladder).
//
// The accesses of a warp's lanes belong together if they come from the same place in the code for the same time: one
// instruction. Of device memory it moves sectors of 32 bytes, as many as its lanes touch. Shared memory has 32 banks of 4
// bytes; lanes that want different words of one bank wait for each other, each in a pass of its own. Accesses of 8 and 16
// bytes are served to half and quarter warps. Caches are not modelled: what is counted is what is asked of them, and how many
// sectors a block touches at all, which is what even a perfect cache of its own has to fetch.
//
// g++ takes a vector of four words apart; words that one thread touches one after another, from places side by side in the
// code, and that lie as a vector does, count as that vector.
#include "barriers.hpp"
#include "device_heap.hpp"

#include <algorithm>
#include <cstddef>
#include <unordered_map>

namespace sim {
namespace {

constexpr size_t sector = 32;
constexpr int banks = 32;
constexpr size_t word = 4, vector = 16;
constexpr std::ptrdiff_t side_by_side = 96;  // bytes of code between the calls for two parts of one vector, at most

struct Totals {
    long long blocks = 0, threads = 0;
    long long asked = 0;    // bytes of device memory that threads read and wrote
    long long sectors = 0;  // of device memory, 32 bytes each
    long long distinct = 0; // sectors that a block touches, each once, over all blocks
    long long passes = 0;   // over the banks of shared memory
    long long least = 0;    // as many as it would take without conflicts
    long long barriers = 0, warp_barriers = 0, products = 0;
};

/// What one instruction of a warp touches.
struct Instruction {
    uint32_t lanes = 0;
    size_t bytes = 0;
    bool shared = false;
    const char* at[warp_size];
};

/// A thread's last access, as long as it may be the beginning of a vector.
struct Beginning {
    const char* at = nullptr;
    size_t bytes = 0;
    const char* code = nullptr;
    Instruction* of = nullptr;
};

class Counter {
public:
    SIM_UNCHECKED static Counter& get() {
        static Counter one;  // an instrumented build runs on one OS thread
        return one;
    }

    SIM_UNCHECKED void launch_begins(const char* kernel) {
        finish_block();
        auto found = std::find_if(launches_.begin(), launches_.end(), [&](auto& l) { return l.first == kernel; });
        if (found == launches_.end()) {
            launches_.push_back({kernel, Totals{}});
            found = std::prev(launches_.end());
        }
        now_ = found - launches_.begin();
        in_launch_ = true;
    }

    SIM_UNCHECKED void block_begins() {
        finish_block();
        times_.clear();
        totals().blocks++;
        totals().threads += here().threads();
    }

    SIM_UNCHECKED void access(int thread, const void* p, size_t bytes, const void* code, int line) {
        Block& b = here();
        auto at = static_cast<size_t>(static_cast<const char*>(p) - static_cast<const char*>(b.dynamic_shared()));
        bool shared = at < max_shared_bytes;
        if (!shared && !DeviceHeap::get().has(p)) return;
        if (!shared) totals().asked += static_cast<long long>(bytes);
        Beginning& before = before_[thread];
        if (line == 0 && continues(before, static_cast<const char*>(p), bytes, static_cast<const char*>(code))) {
            before.bytes += bytes;
            before.code = static_cast<const char*>(code);
            before.of->bytes = std::max(before.of->bytes, before.bytes);
            return;
        }
        uint64_t place = reinterpret_cast<uint64_t>(code) * 4096 + static_cast<uint64_t>(line) * 2 + shared;
        uint32_t time = times_[place * max_threads + static_cast<uint64_t>(thread)]++;
        auto& i = instructions_[Key{place, static_cast<uint32_t>(thread / warp_size), time}];
        int lane = thread % warp_size;
        i.lanes |= 1u << lane;
        i.bytes = std::max(i.bytes, bytes);
        i.shared = shared;
        i.at[lane] = static_cast<const char*>(p);
        before = line != 0 || bytes != word ? Beginning{} : Beginning{i.at[lane], bytes, static_cast<const char*>(code), &i};
    }

    SIM_UNCHECKED void barrier() { totals().barriers++; }
    SIM_UNCHECKED void warp_barrier() { totals().warp_barriers++; }
    SIM_UNCHECKED void product(long long multiply_adds) { totals().products += multiply_adds; }

    SIM_UNCHECKED const char* text() {
        finish_block();
        in_launch_ = false;
        text_.clear();
        for (auto& [kernel, t] : launches_) {
            text_ += kernel;
            for (long long n : {t.blocks, t.threads, t.asked, t.sectors, t.passes, t.least, t.barriers, t.warp_barriers,
                         t.products, t.distinct}) {
                text_ += "\t" + std::to_string(n);
            }
            text_ += "\n";
        }
        launches_.clear();
        return text_.c_str();
    }

private:
    struct Key {
        uint64_t place;
        uint32_t warp, time;
        bool operator==(const Key& o) const { return place == o.place && warp == o.warp && time == o.time; }
    };
    struct Hash {
        size_t operator()(const Key& k) const { return k.place * 0x9e3779b97f4a7c15ull + k.warp * 0x85ebca6bull + k.time; }
    };

    /// Whether an access is the next word of a vector; vectors lie at multiples of their size, of 8 or 16 bytes.
    SIM_UNCHECKED static bool continues(const Beginning& b, const char* p, size_t bytes, const char* code) {
        if (b.of == nullptr || bytes != word || p != b.at + b.bytes || b.bytes >= vector) return false;
        size_t boundary = b.bytes == word ? 2 * word : vector;
        return code > b.code && code - b.code < side_by_side && reinterpret_cast<size_t>(b.at) % boundary == 0;
    }

    SIM_UNCHECKED Totals& totals() { return launches_[now_].second; }

    SIM_UNCHECKED void finish_block() {
        if (!in_launch_) return;
        for (auto& [key, i] : instructions_) settle(i);
        instructions_.clear();
        before_.assign(max_threads, {});
        std::sort(touched_.begin(), touched_.end());
        totals().distinct += std::unique(touched_.begin(), touched_.end()) - touched_.begin();
        touched_.clear();
    }

    SIM_UNCHECKED void settle(const Instruction& i) {
        if (i.shared) {
            count_passes(i);
            return;
        }
        std::vector<size_t> touched;
        for (int l = 0; l < warp_size; l++) {
            if (!(i.lanes >> l & 1)) continue;
            auto from = reinterpret_cast<size_t>(i.at[l]) / sector, to = (reinterpret_cast<size_t>(i.at[l]) + i.bytes - 1) / sector;
            for (size_t s = from; s <= to; s++) touched.push_back(s);
        }
        std::sort(touched.begin(), touched.end());
        touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
        totals().sectors += static_cast<long long>(touched.size());
        touched_.insert(touched_.end(), touched.begin(), touched.end());
    }

    SIM_UNCHECKED void count_passes(const Instruction& i) {
        int at_once = i.bytes <= 4 ? warp_size : i.bytes <= 8 ? warp_size / 2 : warp_size / 4;
        for (int first = 0; first < warp_size; first += at_once) {
            std::vector<size_t> words[banks];
            for (int l = first; l < first + at_once; l++) {
                if (!(i.lanes >> l & 1)) continue;
                size_t at = reinterpret_cast<size_t>(i.at[l]);
                for (size_t w = at / 4; w <= (at + i.bytes - 1) / 4; w++) {
                    auto& bank = words[w % banks];
                    if (std::find(bank.begin(), bank.end(), w) == bank.end()) bank.push_back(w);
                }
            }
            size_t deepest = 0, all = 0;
            for (auto& bank : words) {
                deepest = std::max(deepest, bank.size());
                all += bank.size();
            }
            totals().passes += static_cast<long long>(deepest);
            totals().least += static_cast<long long>((all + banks - 1) / banks);
        }
    }

    std::vector<std::pair<std::string, Totals>> launches_;
    size_t now_ = 0;
    bool in_launch_ = false;
    std::unordered_map<uint64_t, uint32_t> times_;
    std::vector<Beginning> before_ = std::vector<Beginning>(max_threads);
    std::vector<size_t> touched_;  // sectors of this block
    std::unordered_map<Key, Instruction, Hash> instructions_;
    std::string text_;
};

inline void touched(void* p, size_t bytes, bool, const void* code) {
    Block* b = Block::tls();
    if (b != nullptr && b->current != nullptr) Counter::get().access(b->current->number, p, bytes, code, 0);
}

}  // namespace

namespace notice {

void launch_begins(const char* kernel) {
    Barriers::get().launch_begins(kernel);
    Counter::get().launch_begins(kernel);
}
void block_begins(size_t) { Counter::get().block_begins(); }
void thread_starts(int) {}
void thread_runs(int) {}
void thread_ends() {}
void block_arrives() {}
void block_barrier() { Counter::get().barrier(); }
void block_leaves() {}
void warp_arrives(int) {}
void warp_barrier(int) { Counter::get().warp_barrier(); }
void warp_leaves(int) {}
void shared_exists(size_t, size_t) {}

void warp_read(int thread, const void* from, size_t bytes, const Site& site) {
    Counter::get().access(thread, from, bytes, site.file, site.line);
}

void copy_issued(const void* to, size_t bytes, const void* from, bool valid, const char* file, int line) {
    int thread = here().current->number;
    if (valid) Counter::get().access(thread, from, bytes, file, line);
    Counter::get().access(thread, to, bytes, file, line);
}

void copy_landed(const void*, size_t, const char*, int) {}
void tensor_product(long long multiply_adds) { Counter::get().product(multiply_adds); }
const char* counts() { return Counter::get().text(); }
void* device_allocate(size_t bytes) { return DeviceHeap::get().allocate(bytes); }
void device_release(void* p) { DeviceHeap::get().release(p); }
void device_handed_out(void* p, size_t bytes) { DeviceHeap::get().hand_out(p, bytes); }
void device_written(void*, size_t) {}

}  // namespace notice
}  // namespace sim

#include "accesses.hpp"
