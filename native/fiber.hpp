// Stacks and the switch between them: what a CUDA thread needs so that it can wait in the middle of a kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <vector>
#if !defined(__x86_64__)
#include <memory>
#include <ucontext.h>
#endif

namespace sim {

/// Stacks of one OS thread. They are reserved at once and become real, page by page, as they are used.
class Stacks {
public:
    // Not a power of two: the tops of all stacks would otherwise fall into the same few sets of the cache.
    static constexpr size_t bytes = 128 * 1024 + 1088;

    Stacks() = default;
    Stacks(const Stacks&) = delete;
    Stacks& operator=(const Stacks&) = delete;
    ~Stacks() {
        if (base_ != nullptr) munmap(base_, reserved_);
    }

    /// Makes `count` stacks available, all of them free.
    void reset(int count) {
        if (count > count_) grow(count);
        free_.clear();
        for (int i = count - 1; i >= 0; i--) free_.push_back(i);
    }

    /// The top of a free stack, 16-byte aligned.
    char* take(int& index) {
        index = free_.back();
        free_.pop_back();
        char* bottom = base_ + index * bytes;
        std::memcpy(bottom, &canary, sizeof canary);
        return bottom + bytes;
    }

    void give_back(int index) { free_.push_back(index); }

    bool overflowed(int index) const { return std::memcmp(base_ + index * bytes, &canary, sizeof canary) != 0; }

private:
    static constexpr uint64_t canary = 0x5afe57ac5afe57acull;

    void grow(int count) {
        if (base_ != nullptr) munmap(base_, reserved_);
        reserved_ = count * bytes;
        void* p = mmap(nullptr, reserved_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) {
            base_ = nullptr;
            count_ = 0;
            throw std::bad_alloc();
        }
        base_ = static_cast<char*>(p);
        count_ = count;
    }

    char* base_ = nullptr;
    size_t reserved_ = 0;
    int count_ = 0;
    std::vector<int> free_;
};

#if defined(__x86_64__)

/// A suspended computation: where its stack ends.
using Context = void*;

/// Saves what the calling convention says must survive a call, changes stacks and returns there.
__attribute__((naked, noinline, unused, no_sanitize("thread"))) static void switch_context(Context* /*from*/, Context /*to*/) {
    asm("pushq %rbp\n\t"
        "pushq %rbx\n\t"
        "pushq %r12\n\t"
        "pushq %r13\n\t"
        "pushq %r14\n\t"
        "pushq %r15\n\t"
        "movq %rsp, (%rdi)\n\t"
        "movq %rsi, %rsp\n\t"
        "popq %r15\n\t"
        "popq %r14\n\t"
        "popq %r13\n\t"
        "popq %r12\n\t"
        "popq %rbx\n\t"
        "popq %rbp\n\t"
        "ret");
}

/// A context that starts `entry`, which must never return, on a fresh stack.
inline Context fresh_context(char* top, void (*entry)()) {
    auto sp = reinterpret_cast<uintptr_t>(top) & ~uintptr_t(15);
    auto** frame = reinterpret_cast<void**>(sp);
    *--frame = nullptr;  // where entry would return to; also the alignment that a call leaves
    *--frame = reinterpret_cast<void*>(entry);
    for (int i = 0; i < 6; i++) *--frame = nullptr;
    return frame;
}

#else

using Context = ucontext_t*;

inline void switch_context(Context* from, Context to) {
    ucontext_t here;  // lives on the suspended stack, as the registers do above
    *from = &here;
    swapcontext(&here, to);
}

/// The first frame lies at the top of the stack itself.
inline Context fresh_context(char* top, void (*entry)()) {
    auto at = (reinterpret_cast<uintptr_t>(top) - sizeof(ucontext_t)) & ~uintptr_t(63);
    auto* context = new (reinterpret_cast<void*>(at)) ucontext_t;
    getcontext(context);
    context->uc_link = nullptr;
    context->uc_stack.ss_sp = top - Stacks::bytes + 64;
    context->uc_stack.ss_size = at - reinterpret_cast<uintptr_t>(context->uc_stack.ss_sp);
    makecontext(context, entry, 0);
    return context;
}

#endif

}  // namespace sim
