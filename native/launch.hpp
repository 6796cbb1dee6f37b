// Kernels by name, and their launches over all processors.
#pragma once

#include "block.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace sim {

struct Kernel {
    const char* name;
    void (*invoke)(void* function, void** arguments);
    void* function;
    std::vector<int> parameter_bytes;
    int max_block;
};

/// All kernels of the library, in the order in which its files were linked.
inline std::vector<Kernel>& kernels() {
    static std::vector<Kernel> all;
    return all;
}

template <class... A, size_t... I>
inline void invoke_with(void* function, void** arguments, std::index_sequence<I...>) {
    reinterpret_cast<void (*)(A...)>(function)(*static_cast<std::remove_reference_t<A>*>(arguments[I])...);
}

/// Enters a kernel into the list while the library is loaded.
struct Registration {
    template <class... A>
    Registration(const char* name, void (*function)(A...), int max_block = max_threads) {
        kernels().push_back({name,
                [](void* f, void** arguments) { invoke_with<A...>(f, arguments, std::index_sequence_for<A...>()); },
                reinterpret_cast<void*>(function), {static_cast<int>(sizeof(A))...}, max_block});
    }
};

/// Launches, one at a time. Each OS thread works on contiguous ranges of blocks, so that neighbours stay in one cache.
class Launcher {
public:
    static Launcher& get() {
        static auto* one = new Launcher;  // never destroyed: its threads may outlive main
        return *one;
    }

    void set_threads(int n) {
        std::lock_guard<std::mutex> one_at_a_time(launching_);
        threads_ = std::max(1, n);
    }

    int threads() const { return threads_; }
    void set_seed(uint64_t seed) { seed_ = seed; }

    /// Returns an empty text, or what went wrong first.
    std::string launch(const Kernel& k, Dim grid, Dim block, size_t shared, void** arguments) {
        if (grid.size() == 0 || block.size() == 0) return "an empty grid or block";
        if (block.size() > static_cast<unsigned>(k.max_block)) {
            return "a block of " + std::to_string(block.size()) + " threads; at most " + std::to_string(k.max_block);
        }
        if (grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) return "the grid is larger than CUDA's limits";
        if (shared > max_shared_bytes) {
            return std::to_string(shared) + " bytes of shared memory; a block has " + std::to_string(max_shared_bytes);
        }
        std::lock_guard<std::mutex> one_at_a_time(launching_);
        notice::launch_begins(k.name);
        call_ = Call{k.name, k.invoke, k.function, arguments};
        grid_ = grid;
        block_ = block;
        shared_ = shared;
        blocks_ = grid.size();
        next_ = 0;
        failed_ = false;
        error_.clear();
#ifdef SIM_CHECKS
        constexpr bool watched = true;
#else
        constexpr bool watched = false;
#endif
        bool alone = watched || threads_ == 1 || blocks_ == 1 || blocks_ * block.size() <= few_threads;
        int helpers = alone ? 0 : static_cast<int>(std::min<unsigned long long>(threads_ - 1, blocks_ - 1));
        chunk_ = std::max<unsigned long long>(1, blocks_ / ((helpers + 1) * 4));
        if (helpers > 0) wake(helpers);
        work(own_);
        if (helpers > 0) {
            std::unique_lock<std::mutex> lock(mutex_);
            done_.wait(lock, [this] { return busy_ == 0; });
        }
        return error_;
    }

private:
    // Below this a launch is over before another OS thread has woken up.
    static constexpr unsigned long long few_threads = 4096;

    void wake(int helpers) {
        std::unique_lock<std::mutex> lock(mutex_);
        while (static_cast<int>(helpers_.size()) < helpers) {
            int number = static_cast<int>(helpers_.size());
            helpers_.emplace_back([this, number] { help(number); });
            helpers_.back().detach();
        }
        wanted_ = helpers;
        busy_ = helpers;
        turn_++;
        wake_.notify_all();
    }

    void help(int number) {
        auto block = std::make_unique<Block>();
        unsigned long long seen = 0;
        std::unique_lock<std::mutex> lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return turn_ != seen && number < wanted_; });
            seen = turn_;
            lock.unlock();
            work(*block);
            lock.lock();
            if (--busy_ == 0) done_.notify_all();
        }
    }

    void work(Block& b) {
        b.start(call_, grid_, block_, shared_, seed_);
        for (;;) {
            unsigned long long from = next_.fetch_add(chunk_);
            unsigned long long to = std::min(blocks_, from + chunk_);
            for (auto i = from; i < to; i++) {
                if (failed_) return;
                Dim index{static_cast<unsigned>(i % grid_.x), static_cast<unsigned>(i / grid_.x % grid_.y),
                        static_cast<unsigned>(i / grid_.x / grid_.y)};
                if (!b.run(index)) {
                    std::lock_guard<std::mutex> lock(mutex_);
                    if (!failed_.exchange(true)) error_ = b.error();
                    return;
                }
            }
            if (from >= blocks_) return;
        }
    }

    std::mutex launching_, mutex_;
    std::condition_variable wake_, done_;
    std::vector<std::thread> helpers_;
    Block& own_ = *new Block;
    int threads_ = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    uint64_t seed_ = 1;
    unsigned long long turn_ = 0;
    int wanted_ = 0, busy_ = 0;

    Call call_{};
    Dim grid_, block_;
    size_t shared_ = 0;
    unsigned long long blocks_ = 0, chunk_ = 1;
    std::atomic<unsigned long long> next_{0};
    std::atomic<bool> failed_{false};
    std::string error_;
};

}  // namespace sim
