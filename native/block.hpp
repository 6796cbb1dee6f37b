// One block of CUDA threads on one OS thread: who runs, who waits for whom, and the block's shared memory.
#pragma once

#include "fiber.hpp"
#include "notice.hpp"

#include <cstdio>
#include <string>

namespace sim {

struct Dim {
    unsigned x = 1, y = 1, z = 1;
    unsigned long long size() const { return 1ull * x * y * z; }
};

constexpr int warp_size = 32;
constexpr int max_threads = 1024;
/// What a block may have on an H100; older cards have less.
constexpr size_t max_shared_bytes = 227 * 1024;
/// Between two declarations, so that an instrumented build sees who leaves his own.
#ifdef SIM_CHECKS
constexpr size_t shared_gap = 128;
#else
constexpr size_t shared_gap = 0;
#endif
/// A quiet NaN as float32, as two bfloat16 and as half of a float64.
constexpr uint32_t poison_word = 0x7fc0dead;

SIM_UNCHECKED inline void poison(void* at, size_t bytes) {
    auto* p = static_cast<unsigned char*>(at);
    size_t i = 0;
    for (; i + 4 <= bytes; i += 4) std::memcpy(p + i, &poison_word, 4);
    for (; i < bytes; i++) p[i] = 0xff;
}

/// A place in a kernel where threads wait.
struct Site {
    const char* what;
    const char* file;
    int line;

    bool operator!=(const Site& o) const { return line != o.line || what != o.what || std::strcmp(file, o.file) != 0; }
};

/// An asynchronous copy that was issued and has not landed.
struct PendingCopy {
    void* to;
    const void* from;
    int bytes;
    bool valid;
    const char* file;
    int line;
};

/// One CUDA thread.
struct Lane {
    Context context{};
    int stack = -1;
    Dim index;
    int number = 0;
    Site site{};
    std::vector<PendingCopy> copies;
    std::vector<int> groups;  // for each committed group, how many copies it has
    int uncommitted = 0;
};

/// 32 threads. Bits are positions: the lane at position p is p ^ order.
struct Warp {
    uint32_t exists = 0, ready = 0, fresh = 0, arrived = 0, finished = 0;
    Site site{};
    void* operands[warp_size];  // by lane
};

/// A kernel with its arguments, ready to be called once for every thread.
struct Call {
    const char* name;
    void (*invoke)(void* function, void** arguments);
    void* function;
    void** arguments;
};

/// Runs blocks one after another. A thread runs until it waits; threads that never wait share one stack and cost no switch.
class Block {
public:
    Dim block, grid, dim;  // blockIdx, gridDim, blockDim
    Lane* current = nullptr;

    void start(const Call& call, Dim grid_dim, Dim block_dim, size_t dynamic_bytes, uint64_t seed) {
        call_ = call;
        grid = grid_dim;
        dim = block_dim;
        threads_ = static_cast<int>(block_dim.size());
        warps_ = (threads_ + warp_size - 1) / warp_size;
        dynamic_bytes_ = dynamic_bytes;
        seed_ = seed;
        if (static_cast<int>(lanes_.size()) < threads_) lanes_.resize(threads_);
        int i = 0;
        for (unsigned z = 0; z < dim.z; z++) {
            for (unsigned y = 0; y < dim.y; y++) {
                for (unsigned x = 0; x < dim.x; x++, i++) {
                    lanes_[i].index = Dim{x, y, z};
                    lanes_[i].number = i;
                }
            }
        }
        stacks_.reset(threads_ + 1);
    }

    /// Runs one block to its end. Returns false when it went wrong; then error() says how.
    bool run(Dim block_index) {
        block = block_index;
        error_.clear();
        tls() = this;
        reset();
        switch_context(&home_, fresh_runner());
        tls() = nullptr;
        if (!error_.empty()) stacks_.reset(threads_ + 1);  // what was in the middle of something is abandoned
        return error_.empty();
    }

    const std::string& error() const { return error_; }

    /// Waits until every thread of the block is here.
    void sync_block(Site site) {
        if (notice::left_out(site)) return;
        notice::block_arrives();
        wait_for_block(site);
        notice::block_leaves();
    }

    /// Waits until every lane of the warp is here; the last one calls `whole` with everyone's operand.
    template <class F>
    void collective(Site site, void* operand, F whole) {
        Warp& w = warps_state_[current->number / warp_size];
        int lane = current->number % warp_size;
        if (w.arrived != 0 && site != w.site) diverged(site, w.site, "warp");
        w.site = site;
        w.operands[lane] = operand;
        w.arrived |= bit(lane);
        if (w.arrived == w.exists) {
            whole(w.operands, lanes_in(w));
            w.arrived = 0;
            w.ready |= w.exists & ~bit(lane);
            if (w.ready != 0) ready_warps_ |= 1u << (current->number / warp_size);
            return;
        }
        suspend(site);
    }

    /// The block's memory for one declaration; the first thread that gets there makes it.
    void* shared(int declaration, size_t bytes) {
        if (declaration >= static_cast<int>(declared_.size())) declared_.resize(declaration + 1, {0, nullptr});
        auto& d = declared_[declaration];
        if (d.generation != generation_) {
            d.generation = generation_;
            d.at = carve(bytes);
        }
        return d.at;
    }

    void* dynamic_shared() { return shared_; }

    int threads() const { return threads_; }

    /// Ends the launch with a message; does not return.
    [[noreturn]] void fail(const std::string& message) {
        if (error_.empty()) error_ = message;
        notice::thread_runs(notice::simulator);
        Context abandoned;
        switch_context(&abandoned, home_);
        __builtin_unreachable();
    }

    std::string here() const { return "block " + text(block) + ", thread " + text(current->index); }

    static std::string text(Dim d) {
        return "(" + std::to_string(d.x) + ", " + std::to_string(d.y) + ", " + std::to_string(d.z) + ")";
    }

    /// The block that this OS thread runs.
    static Block*& tls() { return tls_; }

private:
    void wait_for_block(Site site) {
        if (arrived_ > 0 && site != site_) diverged(site, site_, "block");
        site_ = site;
        if (++arrived_ == threads_) {
            arrived_ = 0;
            notice::block_barrier();
            for (int w = 0; w < warps_; w++) warps_state_[w].ready = warps_state_[w].exists;
            ready_warps_ = all_warps();
            take_ready(current);
            return;
        }
        suspend(site);
    }

    struct Declared {
        unsigned long long generation;
        void* at;
    };

    static inline __thread Block* tls_ __attribute__((tls_model("initial-exec"))) = nullptr;

    uint32_t bit(int lane) const { return 1u << (lane ^ order_); }
    uint32_t all_warps() const { return warps_ == 32 ? ~0u : (1u << warps_) - 1; }

    /// Which lanes exist, by lane.
    uint32_t lanes_in(const Warp& w) const {
        uint32_t lanes = 0;
        for (int p = 0; p < warp_size; p++) {
            if (w.exists >> p & 1) lanes |= 1u << (p ^ order_);
        }
        return lanes;
    }

    void reset() {
        // A different order in every block: no kernel may count on one.
        uint64_t h = (seed_ + block.x * 0x9E3779B97F4A7C15ull + block.y * 0xC2B2AE3D27D4EB4Full + block.z) * 0xD6E8FEB86659FD93ull;
        order_ = seed_ == 0 ? 0 : static_cast<int>(h >> 59);
        first_warp_ = seed_ == 0 ? 0 : static_cast<int>((h >> 32) % warps_);
        for (int w = 0; w < warps_; w++) {
            int lanes = std::min(warp_size, threads_ - w * warp_size);
            Warp& s = warps_state_[w];
            s.exists = 0;
            for (int l = 0; l < lanes; l++) s.exists |= bit(l);
            s.ready = s.fresh = s.exists;
            s.arrived = s.finished = 0;
        }
        ready_warps_ = all_warps();
        current = nullptr;
        arrived_ = 0;
        finished_ = 0;
        generation_++;
        dynamic_top_ = dynamic_bytes_ == 0 ? 0 : (dynamic_bytes_ + 127) / 128 * 128 + shared_gap;
        notice::block_begins(dynamic_bytes_);
        poison(shared_, dynamic_bytes_);
        for (int i = 0; i < threads_; i++) {
            Lane& l = lanes_[i];
            if (!l.copies.empty() || !l.groups.empty() || l.uncommitted != 0) {
                l.copies.clear();
                l.groups.clear();
                l.uncommitted = 0;
            }
        }
    }

    void* carve(size_t bytes) {
        size_t at = dynamic_top_;
        dynamic_top_ += (bytes + 127) / 128 * 128 + shared_gap;
        if (dynamic_top_ > sizeof shared_) {
            fail("shared memory: " + std::to_string(dynamic_top_) + " bytes with the launch's " + std::to_string(dynamic_bytes_)
                    + "; a block has " + std::to_string(max_shared_bytes));
        }
        notice::shared_exists(at, at + bytes);
        poison(shared_ + at, bytes);
        return shared_ + at;
    }

    void take_ready(Lane* l) {
        int w = l->number / warp_size;
        warps_state_[w].ready &= ~bit(l->number % warp_size);
        if (warps_state_[w].ready == 0) ready_warps_ &= ~(1u << w);
    }

    /// The next thread to run, or null when none can. The current warp goes on as long as it can.
    Lane* next() {
        if (ready_warps_ == 0) return nullptr;
        int w = current != nullptr ? current->number / warp_size : first_warp_;
        uint32_t from = ready_warps_ >> w << w;
        w = __builtin_ctz(from != 0 ? from : ready_warps_);
        Warp& s = warps_state_[w];
        int p = __builtin_ctz(s.ready);
        s.ready &= s.ready - 1;
        if (s.ready == 0) ready_warps_ &= ~(1u << w);
        return &lanes_[w * warp_size + (p ^ order_)];
    }

    bool take_fresh(Lane* l) {
        uint32_t& fresh = warps_state_[l->number / warp_size].fresh;
        uint32_t b = bit(l->number % warp_size);
        bool was = (fresh & b) != 0;
        fresh &= ~b;
        return was;
    }

    /// Lets others run until someone makes the current thread ready again.
    void suspend(Site site) {
        Lane* self = current;
        self->site = site;
        Lane* to = next();
        if (to == nullptr) stuck();
        current = to;
        notice::thread_runs(to->number);
        if (take_fresh(to)) {
            self->stack = running_stack_;
            switch_context(&self->context, fresh_runner());
        } else {
            self->stack = running_stack_;
            running_stack_ = to->stack;
            switch_context(&self->context, to->context);
        }
    }

    Context fresh_runner() {
        char* top = stacks_.take(running_stack_);
        return fresh_context(top, &Block::runner);
    }

    /// The life of a stack: starts threads until one of them must wait elsewhere or nobody is left to start.
    static void runner() {
        Block& b = *tls();
        if (b.current == nullptr) {
            b.current = b.next();
            b.take_fresh(b.current);
        }
        for (;;) {
            notice::thread_starts(b.current->number);
            b.call_.invoke(b.call_.function, b.call_.arguments);
            notice::thread_ends();
            if (b.stacks_.overflowed(b.running_stack_)) b.fail("stack overflow: " + b.here() + " needs more than "
                    + std::to_string(Stacks::bytes) + " bytes");
            b.finished_++;
            Warp& w = b.warps_state_[b.current->number / warp_size];
            w.finished |= b.bit(b.current->number % warp_size);
            Lane* to = b.next();
            if (to == nullptr) {
                if (b.finished_ != b.threads_) b.stuck();
                b.stacks_.give_back(b.running_stack_);
                b.current = nullptr;
                notice::thread_runs(notice::simulator);
                Context done;
                switch_context(&done, b.home_);
            }
            b.current = to;
            notice::thread_runs(to->number);
            if (!b.take_fresh(to)) {
                b.stacks_.give_back(b.running_stack_);
                b.running_stack_ = to->stack;
                Context done;
                switch_context(&done, to->context);
            }
        }
    }

    static std::string text(Site s) { return std::string(s.what) + " (" + s.file + ":" + std::to_string(s.line) + ")"; }

    [[noreturn]] void diverged(Site here_site, Site other, const char* of) {
        fail("divergent " + std::string(of) + ": " + here() + " waits at " + text(here_site) + ", others at " + text(other));
    }

    /// Nobody can run and not everybody is done: someone waits for threads that will not come.
    [[noreturn]] void stuck() {
        Lane* waiting = nullptr;
        Lane* absent = nullptr;
        bool returned = false;
        for (int i = 0; i < threads_; i++) {
            Lane& l = lanes_[i];
            Warp& w = warps_state_[i / warp_size];
            bool done = (w.finished & bit(i % warp_size)) != 0;
            if (!done && waiting == nullptr) waiting = &l;
        }
        for (int i = 0; i < threads_ && absent == nullptr; i++) {
            Lane& l = lanes_[i];
            bool done = (warps_state_[i / warp_size].finished & bit(i % warp_size)) != 0;
            if (done || l.site != waiting->site) {
                absent = &l;
                returned = done;
            }
        }
        std::string message = "divergent barrier: block " + text(block) + ", thread " + text(waiting->index) + " waits at "
                + text(waiting->site);
        if (absent != nullptr) {
            message += ", thread " + text(absent->index)
                    + (returned ? " has returned from the kernel" : " waits at " + text(absent->site));
        }
        fail(message);
    }

    Call call_{};
    int threads_ = 0, warps_ = 0;
    size_t dynamic_bytes_ = 0, dynamic_top_ = 0;
    uint64_t seed_ = 0;
    int order_ = 0, first_warp_ = 0;
    std::vector<Lane> lanes_;
    Warp warps_state_[max_threads / warp_size];
    uint32_t ready_warps_ = 0;
    int arrived_ = 0, finished_ = 0;
    Site site_{};
    Stacks stacks_;
    int running_stack_ = -1;
    Context home_{};
    std::string error_;
    unsigned long long generation_ = 0;
    std::vector<Declared> declared_;
    alignas(128) unsigned char shared_[max_shared_bytes + 64 * shared_gap];
};

/// The block and thread that run here.
inline Block& here() { return *Block::tls(); }

}  // namespace sim
