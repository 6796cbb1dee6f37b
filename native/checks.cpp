// The functions that g++ calls at every access of a kernel in a checked build; see checks.hpp.
#include "checks.hpp"

#include <cstdlib>
#include <dlfcn.h>

namespace sim {

std::string text(const Place& place) {
    if (place.file != nullptr) {
        std::string file(place.file);
        return file.substr(file.rfind('/') + 1) + ":" + std::to_string(place.line);
    }
    const void* code = place.code;
    Dl_info info;
    if (dladdr(code, &info) == 0) return "somewhere";
    char command[4096];
    std::snprintf(command, sizeof command, "addr2line -i -e '%s' 0x%zx", info.dli_fname,
            static_cast<size_t>(static_cast<const char*>(code) - static_cast<const char*>(info.dli_fbase)) - 1);
    std::string chosen, first;
    if (FILE* lines = popen(command, "r")) {
        char line[1024];
        while (std::fgets(line, sizeof line, lines)) {
            std::string text(line);
            text = text.substr(0, text.find_first_of("\n ("));
            text = text.substr(text.rfind('/') + 1);
            if (first.empty()) first = text;
            bool ours = text.find("wrappers.hpp") != 0 && text.find("anneal.cuh") != 0 && text.find("operand.cuh") != 0;
            if (chosen.empty() && ours) chosen = text;
        }
        pclose(lines);
    }
    if (chosen.empty() || chosen == first) return first;
    return chosen + " (in " + first + ")";
}

void Judge::race(Block& b, const Access& a, const char* what, const Access& now, const char* what_now, bool shared) {
    bool same = a.block == now.block;
    b.fail(std::string("race on ") + (shared ? "shared" : "device") + " memory: thread " + std::to_string(now.thread)
            + " of " + (same ? "a block " : "one block ") + what_now + " at " + text(now.place) + " what thread "
            + std::to_string(a.thread) + (same ? " " : " of another block ") + what + " at " + text(a.place)
            + (same ? ", with no barrier between them" : ""));
}

void Judge::look(Block& b, int thread, Cell& c, Kind kind, Place place, bool shared) {
    Access now{launch_, block_, phase_, warp_phase_[thread / warp_size], static_cast<uint32_t>(thread), place};
    if (c.pending && kind != land) {
        if (!shared || c.written_in == run_) {
            b.fail(std::string(kind == read ? "read" : "write") + " at " + text(place) + " of what the copy issued at "
                    + text(c.write.place) + " has not filled yet: copy_async_wait is missing, or too late");
        }
        c.pending = false;
    }
    bool alive = !shared || c.written_in == run_;
    if (kind == read) {
        if (shared ? c.written_in != run_ : c.written_in == 0) {
            b.fail(std::string("uninitialised ") + (shared ? "shared" : "device") + " memory is read at " + text(place)
                    + " by thread " + std::to_string(thread));
        }
        if (!ordered(c.write, now)) race(b, c.write, "wrote", now, "reads", shared);
        if (c.read.launch != launch_ || c.read.block != block_ || c.read.phase != phase_ || c.read.thread == now.thread) c.read = now;
        else c.other_read = now;
        return;
    }
    if (alive && kind != land && !ordered(c.write, now)) race(b, c.write, "wrote", now, "writes", shared);
    if (alive && kind != land) {
        if (!ordered(c.read, now)) race(b, c.read, "read", now, "writes", shared);
        if (!ordered(c.other_read, now)) race(b, c.other_read, "read", now, "writes", shared);
    }
    c.write = now;
    c.written_in = shared ? run_ : 1;
    c.pending = kind == issue;
    if (!alive) c.read = c.other_read = Access{};
}

void Judge::access(Block& b, int thread, const void* p, size_t bytes, Kind kind, Place place) {
    auto at = static_cast<size_t>(static_cast<const char*>(p) - static_cast<const char*>(b.dynamic_shared()));
    bool shared = at < max_shared_bytes;
    if (!shared && !DeviceHeap::get().has(p)) return;
    if (shared) {
        for (size_t i = at; i < at + bytes; i++) {
            if (exists_[i] != run_) {
                b.fail("out of bounds: " + std::to_string(bytes) + " bytes of shared memory at " + text(place)
                        + ", which no declaration and no launch asked for; thread " + std::to_string(b.current->number));
            }
        }
    } else {
        std::string nearest;
        if (!DeviceHeap::get().inside(p, bytes, nearest)) {
            b.fail("out of bounds: " + std::to_string(bytes) + " bytes of device memory at " + text(place) + ", "
                    + nearest + "; " + b.here());
        }
    }
    size_t first = shared ? at / DeviceCells::granule : 0;
    size_t begin = reinterpret_cast<uintptr_t>(p) % DeviceCells::granule;
    size_t cells = (begin + bytes + DeviceCells::granule - 1) / DeviceCells::granule;
    Cell* c = shared ? &shared_[first] : DeviceCells::get().at(p);
    for (size_t i = 0; i < cells; i++) look(b, thread, c[i], kind, place, shared);
}

namespace {

inline void touched(void* p, size_t bytes, bool writes, const void* code) {
    Block* b = Block::tls();
    if (Barriers::watching && b != nullptr && b->current != nullptr) Judge::get().access(*b, b->current->number, p, bytes,
            writes ? Judge::write : Judge::read, {code, nullptr, 0});
}

}  // namespace

namespace notice {

void launch_begins(const char* kernel) {
    Barriers::get().launch_begins(kernel);
    Judge::get().launch_begins();
}
void block_begins(size_t dynamic_bytes) {
    Judge::get().block_begins();
    if (dynamic_bytes > 0) Judge::get().shared_exists(0, dynamic_bytes);
}
void thread_starts(int) {}
void thread_runs(int) {}
void thread_ends() {}
void block_arrives() {}
void block_barrier() { Judge::get().block_barrier(); }
void block_leaves() {}
void warp_arrives(int) {}
void warp_barrier(int warp) { Judge::get().warp_barrier(warp); }
void warp_leaves(int) {}
void shared_exists(size_t from, size_t to) { Judge::get().shared_exists(from, to); }

void warp_read(int thread, const void* from, size_t bytes, const Site& site) {
    if (!Barriers::watching) return;
    Judge::get().access(here(), thread, from, bytes, Judge::read, {nullptr, site.file, site.line});
}

void copy_issued(const void* to, size_t bytes, const void* from, bool valid, const char* file, int line) {
    int thread = here().current->number;
    if (!Barriers::watching) return;
    if (valid) Judge::get().access(here(), thread, from, bytes, Judge::read, {nullptr, file, line});
    Judge::get().access(here(), thread, to, bytes, Judge::issue, {nullptr, file, line});
}

void copy_landed(const void* to, size_t bytes, const char* file, int line) {
    if (!Barriers::watching) return;
    Judge::get().access(here(), here().current->number, to, bytes, Judge::land, {nullptr, file, line});
}

void tensor_product(long long) {}
const char* counts() { return ""; }
void* device_allocate(size_t bytes) { return DeviceHeap::get().allocate(bytes); }
void device_release(void* p) { DeviceHeap::get().release(p); }
void device_handed_out(void* p, size_t bytes) {
    DeviceHeap::get().hand_out(p, bytes);
    if (Barriers::watching) DeviceCells::get().forget(p, bytes);
}
void device_written(void* p, size_t bytes) {
    if (Barriers::watching && DeviceHeap::get().has(p)) DeviceCells::get().written(p, bytes);
}

}  // namespace notice
}  // namespace sim

#include "accesses.hpp"
