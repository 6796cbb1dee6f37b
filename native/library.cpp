// What the shared library shows to the outside: one function that gives a table of functions.
#include "launch.hpp"
#ifdef SIM_CHECKS
#include "barriers.hpp"
#endif

#include <cstdlib>

namespace {

int count() { return static_cast<int>(sim::kernels().size()); }

const char* name(int kernel) { return sim::kernels()[kernel].name; }

int find(const char* wanted) {
    for (int i = 0; i < count(); i++) {
        if (std::strcmp(name(i), wanted) == 0) return i;
    }
    return -1;
}

int parameters(int kernel) { return static_cast<int>(sim::kernels()[kernel].parameter_bytes.size()); }

int parameter_bytes(int kernel, int parameter) { return sim::kernels()[kernel].parameter_bytes[parameter]; }

/// Blocks of a launch that run, spread over its grid; 0 for all.
std::atomic<unsigned long long> sample{0};

/// A kernel of which some blocks run only, and what it is called by.
struct Sampled {
    const sim::Kernel* kernel;
    unsigned long long wanted;
};

/// The grid is cut into as many ranges as blocks are wanted, and of each a block runs that is not always at the same place
/// in it, for the last tiles of rows are often others than the rest.
bool is_sampled(const sim::Block& b, unsigned long long wanted) {
    unsigned long long blocks = b.grid.size();
    if (wanted >= blocks) return true;
    unsigned long long row = b.block.y + 1ull * b.grid.y * b.block.z;
    unsigned long long at = b.block.x + b.grid.x * row;
    unsigned long long range = at * wanted / blocks;
    unsigned long long from = (range * blocks + wanted - 1) / wanted, to = ((range + 1) * blocks + wanted - 1) / wanted;
    return at == from + (range * 0x9E3779B97F4A7C15ull >> 32) % (to - from);
}

void invoke_sampled(void* function, void** arguments) {
    auto* s = static_cast<Sampled*>(function);
    if (is_sampled(*sim::Block::tls(), s->wanted)) s->kernel->invoke(s->kernel->function, arguments);
}

/// 0, or 1 with what went wrong in `error`.
int launch(int kernel, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared,
        void** arguments, char* error, long long error_bytes) {
    auto k = sim::kernels()[kernel];
    Sampled some{&sim::kernels()[kernel], sample};
    if (some.wanted != 0) {
        k.invoke = invoke_sampled;
        k.function = &some;
    }
    auto text = sim::Launcher::get().launch(k, {gx, gy, gz}, {bx, by, bz}, shared, arguments);
    if (text.empty()) return 0;
    std::snprintf(error, static_cast<size_t>(error_bytes), "%s", text.c_str());
    return 1;
}

void set_threads(int n) { sim::Launcher::get().set_threads(n); }

int threads() { return sim::Launcher::get().threads(); }

void set_seed(unsigned long long seed) { sim::Launcher::get().set_seed(seed); }

/// So many blocks of every launch run from now on, and the others do nothing; 0 for all.
void set_sample(long long blocks) { sample = static_cast<unsigned long long>(std::max(blocks, 0ll)); }

void* allocate(long long bytes) {
    auto size = static_cast<size_t>(std::max(bytes, 1ll));
#ifdef SIM_CHECKS
    return sim::notice::device_allocate(size);
#else
    return std::aligned_alloc(256, (size + 255) / 256 * 256);
#endif
}

void release(void* p) {
#ifdef SIM_CHECKS
    sim::notice::device_release(p);
#else
    std::free(p);
#endif
}

/// Whether this build is an instrumented one (notice.hpp); only then do the functions after this do anything.
int checked() {
#ifdef SIM_CHECKS
    return 1;
#else
    return 0;
#endif
}

/// Of the memory at p these bytes may be used from now on, and hold nothing.
void handed_out([[maybe_unused]] void* p, [[maybe_unused]] long long bytes) {
#ifdef SIM_CHECKS
    sim::notice::device_handed_out(p, static_cast<size_t>(bytes));
#endif
}

/// The host has filled these bytes.
void written([[maybe_unused]] void* p, [[maybe_unused]] long long bytes) {
#ifdef SIM_CHECKS
    sim::notice::device_written(p, static_cast<size_t>(bytes));
#endif
}

/// The waits that launches met since the last call, as text: a line of kernel, what and file:line for each.
const char* waits_met() {
#ifdef SIM_CHECKS
    return sim::Barriers::get().met();
#else
    return "";
#endif
}

/// From now on this kernel runs as if the wait were not in its source; an empty place ends that.
void leave_out([[maybe_unused]] const char* kernel, [[maybe_unused]] const char* place) {
#ifdef SIM_CHECKS
    sim::Barriers::get().leave_out(kernel, place);
#endif
}

/// What the launches since the last call moved and met, a line each; only a build that counts (counts.cpp) has any.
const char* counted() { return sim::notice::counts(); }

/// Why this machine cannot run the library, or null.
const char* unsuitable() {
#if defined(SIM_NEEDS_AVX2) && defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return "the simulator was built for processors with AVX2 and FMA, and this one has none; build it here";
    }
#endif
    return nullptr;
}

/// Whether accesses are looked at. What kernels write meanwhile counts as never written.
void set_watching([[maybe_unused]] int yes) {
#ifdef SIM_CHECKS
    sim::Barriers::watching = yes != 0;
#endif
}

// Java reads this by position: add at the end and count up the version.
const struct {
    long long version = 5;
    decltype(&unsuitable) why = unsuitable;
    decltype(&count) kernels = count;
    decltype(&name) kernel_name = name;
    decltype(&find) find_kernel = find;
    decltype(&parameters) kernel_parameters = parameters;
    decltype(&parameter_bytes) kernel_parameter_bytes = parameter_bytes;
    decltype(&launch) launch_kernel = launch;
    decltype(&set_threads) threads_to = set_threads;
    decltype(&threads) threads_now = threads;
    decltype(&set_seed) seed_to = set_seed;
    decltype(&allocate) allocate_bytes = allocate;
    decltype(&release) release_bytes = release;
    decltype(&checked) checks = checked;
    decltype(&handed_out) bytes_handed_out = handed_out;
    decltype(&written) bytes_written = written;
    decltype(&waits_met) waits = waits_met;
    decltype(&leave_out) wait_to_leave_out = leave_out;
    decltype(&set_watching) watching_to = set_watching;
    decltype(&counted) counts = counted;
    decltype(&set_sample) sample_to = set_sample;
} table;

}  // namespace

extern "C" __attribute__((visibility("default"))) const void* anneal_simulator() { return &table; }
