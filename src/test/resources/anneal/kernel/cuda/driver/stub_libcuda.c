// A stand-in for libcuda.so.1 whose GPU is the host simulator (the library that ANNEAL_STUB_SIM names), so that the way
// through JCuda can be walked on a machine without a GPU. A stream does everything at once, or records it while it is
// captured; what a GPU refuses meanwhile, waiting for instance, is refused and spoils the capture.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SUCCESS = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_FOUND = 500, LAUNCH_FAILED = 719,
    CAPTURE_UNSUPPORTED = 900, CAPTURE_INVALIDATED = 901, ILLEGAL_STATE = 401,
    RELAXED = 2, SHARED_OPTIN = 97, MAJOR = 75, MINOR = 76, OWN_SHARED = 1, MAX_DYNAMIC_SHARED = 8,
    USUAL_SHARED = 48 << 10, MOST_SHARED = 227 << 10,
    SHARED_BYTES = 4 << 10   // that every kernel is said to have of its own
};

// As native/library.cpp lays it out.
struct simulator {
    long long version;
    const char* (*why)(void);
    int (*kernels)(void);
    const char* (*kernel_name)(int);
    int (*find_kernel)(const char*);
    int (*kernel_parameters)(int);
    int (*kernel_parameter_bytes)(int, int);
    int (*launch_kernel)(int, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void**, char*, long long);
    void (*threads_to)(int);
    int (*threads_now)(void);
    void (*seed_to)(unsigned long long);
    void* (*allocate_bytes)(long long);
    void (*release_bytes)(void*);
};
static const struct simulator* sim;

enum kind { LAUNCH, COPY, FILL, EVENT };

struct call {
    struct call* next;
    enum kind kind;
    int kernel;
    unsigned extents[6];
    unsigned shared;
    void** arguments;
    void* to;
    const void* from;
    size_t count;
    uint32_t word;
};

struct graph {
    struct call* first;
    struct call** last;
};

struct function {
    int kernel;
    int allowed;
};

static struct graph* recording;
static int spoiled;
static int sticky;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static void perform(const struct call* c) {
    char error[2048];
    switch (c->kind) {
        case LAUNCH:
            if (sim->launch_kernel(c->kernel, c->extents[0], c->extents[1], c->extents[2], c->extents[3], c->extents[4],
                                   c->extents[5], c->shared, c->arguments, error, sizeof error)) {
                fprintf(stderr, "stub_libcuda: %s\n", error);
                sticky = LAUNCH_FAILED;
            }
            break;
        case COPY: memcpy(c->to, c->from, c->count); break;
        case FILL:
            for (size_t i = 0; i < c->count; i++) ((uint32_t*)c->to)[i] = c->word;
            break;
        case EVENT: *(double*)c->to = now(); break;
    }
}

// A GPU reads a launch's arguments when it is enqueued.
static void** copy_arguments(int kernel, void** arguments) {
    int n = sim->kernel_parameters(kernel);
    void** copies = malloc((n + 1) * sizeof *copies);
    for (int i = 0; i < n; i++) {
        int bytes = sim->kernel_parameter_bytes(kernel, i);
        copies[i] = memcpy(aligned_alloc(16, (bytes + 15) / 16 * 16), arguments[i], bytes);
    }
    copies[n] = NULL;
    return copies;
}

static int enqueue(struct call c) {
    if (recording == NULL) {
        perform(&c);
        return sticky;
    }
    struct call* kept = malloc(sizeof *kept);
    *kept = c;
    kept->next = NULL;
    if (c.kind == LAUNCH) kept->arguments = copy_arguments(c.kernel, c.arguments);
    *recording->last = kept;
    recording->last = &kept->next;
    return SUCCESS;
}

static int wait_for_all(void) {
    if (recording != NULL) {
        spoiled = 1;
        return CAPTURE_UNSUPPORTED;
    }
    return sticky;
}

int cuInit(unsigned flags) {
    const char* file = getenv("ANNEAL_STUB_SIM");
    void* library = file == NULL ? NULL : dlopen(file, RTLD_NOW);
    const void* (*table)(void) = library == NULL ? NULL : (const void* (*)(void))dlsym(library, "anneal_simulator");
    sim = table == NULL ? NULL : table();
    return sim == NULL || sim->why() != NULL ? 100 : SUCCESS;
}

int cuDriverGetVersion(int* version) { *version = 13000; return SUCCESS; }
int cuDeviceGetCount(int* count) { *count = 1; return SUCCESS; }
int cuDeviceGet(int* device, int i) { *device = i; return SUCCESS; }
int cuDeviceGetName(char* name, int bytes, int device) { snprintf(name, bytes, "host simulator"); return SUCCESS; }
int cuDeviceTotalMem_v2(size_t* bytes, int device) { *bytes = (size_t)1 << 33; return SUCCESS; }

int cuDeviceGetAttribute(int* value, int which, int device) {
    *value = which == MAJOR ? 9 : which == MINOR ? 0 : which == SHARED_OPTIN ? MOST_SHARED : 0;
    return which == MAJOR || which == MINOR || which == SHARED_OPTIN ? SUCCESS : INVALID_VALUE;
}

int cuDevicePrimaryCtxRetain(void** context, int device) { *context = &recording; return SUCCESS; }
int cuDevicePrimaryCtxRelease_v2(int device) { return SUCCESS; }
int cuCtxSetCurrent(void* context) { return context == &recording ? SUCCESS : 201; }

int cuGetErrorString(int status, const char** text) {
    *text = status == CAPTURE_UNSUPPORTED ? "operation not permitted when stream is capturing"
            : status == CAPTURE_INVALIDATED ? "operation failed due to a previous error during capture" : "an error";
    return SUCCESS;
}

int cuModuleLoadData(void** module, const void* image) { *module = malloc(1); return SUCCESS; }
int cuModuleUnload(void* module) { free(module); return SUCCESS; }

int cuModuleGetFunction(struct function** function, void* module, const char* name) {
    int kernel = sim->find_kernel(name);
    if (kernel < 0) return NOT_FOUND;
    *function = malloc(sizeof **function);
    **function = (struct function){kernel, USUAL_SHARED - SHARED_BYTES};
    return SUCCESS;
}

int cuFuncGetAttribute(int* value, int which, struct function* function) {
    *value = SHARED_BYTES;
    return which == OWN_SHARED ? SUCCESS : INVALID_VALUE;
}

int cuFuncSetAttribute(struct function* function, int which, int value) {
    if (which != MAX_DYNAMIC_SHARED || value > MOST_SHARED - SHARED_BYTES) return INVALID_VALUE;
    function->allowed = value;
    return SUCCESS;
}

int cuMemAlloc_v2(void** memory, size_t bytes) {
    *memory = sim->allocate_bytes(bytes);
    return *memory == NULL ? OUT_OF_MEMORY : SUCCESS;
}

int cuMemFree_v2(void* memory) { sim->release_bytes(memory); return SUCCESS; }
int cuMemGetInfo_v2(size_t* free_bytes, size_t* total) { *free_bytes = *total = (size_t)1 << 33; return SUCCESS; }
int cuMemAllocHost_v2(void** memory, size_t bytes) { *memory = malloc(bytes); return SUCCESS; }
int cuMemFreeHost(void* memory) { free(memory); return SUCCESS; }

static int copy(void* to, const void* from, size_t bytes) {
    return enqueue((struct call){.kind = COPY, .to = to, .from = from, .count = bytes});
}

int cuMemcpyDtoDAsync_v2(void* to, void* from, size_t bytes, void* stream) { return copy(to, from, bytes); }
int cuMemcpyDtoHAsync_v2(void* to, void* from, size_t bytes, void* stream) { return copy(to, from, bytes); }
int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void* stream) { return copy(to, from, bytes); }

int cuMemsetD32Async(void* memory, unsigned word, size_t n, void* stream) {
    return enqueue((struct call){.kind = FILL, .to = memory, .word = word, .count = n});
}

int cuLaunchKernel(struct function* f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void* stream, void** arguments, void** extra) {
    if ((int)shared > f->allowed || extra != NULL || bx * by * bz > 1024 || gy > 65535 || gz > 65535) return INVALID_VALUE;
    return enqueue((struct call){.kind = LAUNCH, .kernel = f->kernel, .extents = {gx, gy, gz, bx, by, bz},
                                 .shared = shared, .arguments = arguments});
}

int cuStreamCreate(void** stream, unsigned flags) { *stream = malloc(1); return SUCCESS; }
int cuStreamDestroy_v2(void* stream) { free(stream); return SUCCESS; }
int cuStreamSynchronize(void* stream) { return wait_for_all(); }

int cuEventCreate(double** event, unsigned flags) { *event = calloc(1, sizeof **event); return SUCCESS; }
int cuEventDestroy_v2(double* event) { free(event); return SUCCESS; }
int cuEventRecord(double* event, void* stream) { return enqueue((struct call){.kind = EVENT, .to = event}); }
int cuEventSynchronize(double* event) { return wait_for_all(); }
int cuEventElapsedTime(float* ms, double* from, double* to) { *ms = (float)(*to - *from); return SUCCESS; }

int cuStreamBeginCapture_v2(void* stream, int mode) {
    if (recording != NULL || mode != RELAXED) return ILLEGAL_STATE;
    recording = calloc(1, sizeof *recording);
    recording->last = &recording->first;
    spoiled = 0;
    return SUCCESS;
}

int cuStreamEndCapture(void* stream, struct graph** graph) {
    if (recording == NULL) return ILLEGAL_STATE;
    *graph = spoiled ? NULL : recording;
    recording = NULL;
    return spoiled ? CAPTURE_INVALIDATED : SUCCESS;
}

// What is instantiated is a copy: the graph may be destroyed before it is launched.
int cuGraphInstantiateWithFlags(struct graph** executable, struct graph* graph, unsigned long long flags) {
    if (graph == NULL || flags != 0) return INVALID_VALUE;
    *executable = malloc(sizeof **executable);
    **executable = *graph;
    return SUCCESS;
}

int cuGraphLaunch(struct graph* executable, void* stream) {
    if (recording != NULL) return CAPTURE_UNSUPPORTED;
    for (const struct call* c = executable->first; c != NULL; c = c->next) perform(c);
    return sticky;
}

int cuGraphDestroy(struct graph* graph) { free(graph); return SUCCESS; }

int cuGraphExecDestroy(struct graph* executable) {
    for (struct call* c = executable->first; c != NULL;) {
        struct call* next = c->next;
        for (int i = 0; c->kind == LAUNCH && c->arguments[i] != NULL; i++) free(c->arguments[i]);
        if (c->kind == LAUNCH) free(c->arguments);
        free(c);
        c = next;
    }
    free(executable);
    return SUCCESS;
}
