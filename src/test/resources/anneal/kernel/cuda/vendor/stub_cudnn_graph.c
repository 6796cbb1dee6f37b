/* The graph API of the stand-in for cuDNN: every attribute is checked against what cudnn_graph.h says of it, and a plan
   computes what its graph says, operation by operation, on memory that the processor sees. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAD_PARAM = 2000, NOT_SUPPORTED = 3000, WORKSPACE = 512, AXES = 4, MOST = 64 };
enum { HANDLE = 0, DATA_TYPE = 1, BOOLEAN = 2, INT64 = 3, VOID_PTR = 6, HEUR_MODE = 8, POINTWISE_MODE = 14, DESC = 15,
       REDUCTION_OP = 18 };

/* Descriptor type, attribute, its type, how many elements at least and at most, whether it must be set, and of which
   type a descriptor must be that it refers to. */
static const int rules[][7] = {
    {17, 900, INT64, 1, 1, 1, 0}, {17, 901, DATA_TYPE, 1, 1, 1, 0}, {17, 902, INT64, 4, 4, 1, 0}, {17, 903, INT64, 4, 4, 1, 0},
    {17, 906, INT64, 1, 1, 1, 0}, {17, 907, BOOLEAN, 1, 1, 0, 0}, {17, 908, BOOLEAN, 1, 1, 0, 0},
    {18, 1500, DATA_TYPE, 1, 1, 1, 0},
    {19, 1520, DESC, 1, 1, 1, 17}, {19, 1521, DESC, 1, 1, 1, 17}, {19, 1522, DESC, 1, 1, 1, 17}, {19, 1523, DESC, 1, 1, 1, 18},
    {0, 0, POINTWISE_MODE, 1, 1, 1, 0}, {0, 1, DATA_TYPE, 1, 1, 1, 0},
    {13, 750, DESC, 1, 1, 1, 0}, {13, 751, DESC, 1, 1, 1, 17}, {13, 752, DESC, 1, 1, 0, 17}, {13, 753, DESC, 1, 1, 1, 17},
    {21, 1600, REDUCTION_OP, 1, 1, 1, 0}, {21, 1601, DATA_TYPE, 1, 1, 1, 0},
    {22, 1610, DESC, 1, 1, 1, 17}, {22, 1611, DESC, 1, 1, 1, 17}, {22, 1612, DESC, 1, 1, 1, 21},
    {31, 2200, DESC, 1, 1, 1, 17}, {31, 2201, DESC, 1, 1, 1, 17},
    {45, 3100, DESC, 1, 1, 1, 17}, {45, 3101, DESC, 1, 1, 1, 17}, {45, 3102, DESC, 1, 1, 1, 17},
    {41, 2800, DESC, 1, 1, 1, 17}, {41, 2801, DESC, 1, 1, 1, 17}, {41, 2802, DESC, 1, 1, 1, 17}, {41, 2803, DESC, 1, 1, 1, 17},
    {41, 2805, DESC, 1, 1, 1, 17}, {41, 2814, DESC, 1, 1, 1, 45},
    {15, 800, HANDLE, 1, 1, 1, 0}, {15, 801, DESC, 1, MOST, 1, -1},
    {4, 200, HEUR_MODE, 1, 1, 1, 0}, {4, 201, DESC, 1, 1, 1, 15},
    {5, 400, HANDLE, 1, 1, 1, 0}, {5, 401, DESC, 1, 1, 1, 3},
    {16, 1000, INT64, 1, MOST, 1, 0}, {16, 1001, VOID_PTR, 1, MOST, 1, 0}, {16, 1003, VOID_PTR, 1, 1, 1, 0},
};

typedef struct Descriptor {
    int type, finished, attributes;
    struct { int name; long count; char bytes[MOST * 8]; } set[8];
    struct Descriptor* graph;   /* of a configuration */
    int number;                 /* of a configuration among those proposed */
} Descriptor;

static int wrong(const Descriptor* d, const char* what, int name) {
    fprintf(stderr, "stub: descriptor of type %d: %s (%d)\n", d == NULL ? -1 : d->type, what, name);
    return BAD_PARAM;
}
static size_t element(int type) {
    return type == BOOLEAN ? 1 : type == DATA_TYPE || type == HEUR_MODE || type == POINTWISE_MODE || type == REDUCTION_OP ? 4 : 8;
}
static const int* rule(int type, int name) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) if (rules[i][0] == type && rules[i][1] == name) return rules[i];
    return NULL;
}
/* The elements of an attribute, or null. */
static const void* get(const Descriptor* d, int name) {
    for (int i = 0; i < d->attributes; i++) if (d->set[i].name == name) return d->set[i].bytes;
    return NULL;
}
static long count(const Descriptor* d, int name) {
    for (int i = 0; i < d->attributes; i++) if (d->set[i].name == name) return d->set[i].count;
    return 0;
}
static Descriptor* at(const Descriptor* d, int name) { return *(Descriptor* const*) get(d, name); }
static int number(const Descriptor* d, int name) { return *(const int*) get(d, name); }
static int64_t whole(const Descriptor* d, int name, int i) { return ((const int64_t*) get(d, name))[i]; }
static int flag(const Descriptor* d, int name) { return get(d, name) != NULL && *(const char*) get(d, name) == 1; }

int cudnnBackendCreateDescriptor(int type, Descriptor** d) {
    *d = calloc(1, sizeof(Descriptor));
    (*d)->type = type;
    return 0;
}
int cudnnBackendDestroyDescriptor(Descriptor* d) { free(d); return 0; }
int cudnnBackendInitialize(Descriptor* d) { (void) d; return BAD_PARAM; }

int cudnnBackendSetAttribute(Descriptor* d, int name, int type, int64_t n, const void* elements) {
    const int* r = rule(d->type, name);
    if (d->finished) return wrong(d, "set after it was finalised", name);
    if (r == NULL) return wrong(d, "has no such attribute", name);
    if (r[2] != type) return wrong(d, "attribute of another type", name);
    if (n < r[3] || n > r[4]) return wrong(d, "too few or too many elements", name);
    if (get(d, name) != NULL) return wrong(d, "set twice", name);
    for (int i = 0; type == DESC && i < n; i++) {
        const Descriptor* other = ((Descriptor* const*) elements)[i];
        if (!other->finished) return wrong(other, "referred to before it was finalised", name);
        if (r[6] == -1 ? other->type != 13 && other->type != 19 && other->type != 22 && other->type != 31 && other->type != 41
                       : other->type != r[6]) return wrong(other, "of the wrong type for an attribute", name);
    }
    d->set[d->attributes].name = name;
    d->set[d->attributes].count = n;
    memcpy(d->set[d->attributes++].bytes, elements, n * element(type));
    return 0;
}

/* Columns of a head: 40 have no kernel, of 24 only the last resort has one. */
static int64_t width(const Descriptor* graph) {
    const Descriptor* first = ((Descriptor* const*) get(graph, 801))[0];
    return whole(at(first, first->type == 41 ? 2800 : 751), 902, 3);
}

int cudnnBackendFinalize(Descriptor* d) {
    if (d->finished) return wrong(d, "finalised twice", 0);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i][0] == d->type && rules[i][5] && get(d, rules[i][1]) == NULL) return wrong(d, "lacks", rules[i][1]);
    }
    if (d->type == 16 && count(d, 1000) != count(d, 1001)) return wrong(d, "not as many pointers as numbers", 1001);
    if (d->type == 5 && (at(d, 401)->number == 0 || width(at(d, 401)->graph) == 40)) return NOT_SUPPORTED;
    d->finished = 1;
    return 0;
}

/* Mode A proposes two configurations, of which cuDNN cannot build the first. */
int cudnnBackendGetAttribute(Descriptor* d, int name, int type, int64_t wanted, int64_t* n, void* elements) {
    if (!d->finished) return wrong(d, "read before it was finalised", name);
    if (d->type == 5 && name == 402 && type == INT64) {
        *(int64_t*) elements = WORKSPACE;
        *n = 1;
        return 0;
    }
    if (d->type != 4 || name != 202 || type != DESC) return wrong(d, "cannot be read", name);
    int best = number(d, 200) == 3;
    if (!best && number(d, 200) != 2) return wrong(d, "unknown mode of heuristics", number(d, 200));
    *n = best && width(at(d, 201)) == 24 ? 0 : 2;
    for (int i = 0; i < *n && i < wanted; i++) {
        Descriptor* c = ((Descriptor**) elements)[i];
        if (c->type != 3) return wrong(c, "is no configuration", name);
        c->finished = 1;
        c->graph = at(d, 201);
        c->number = i;
    }
    return 0;
}

/* Tensors while a plan runs: real ones by the pack's pointers, the others in memory of their own. */
static struct { int64_t uid; void* data; int own; } memory[MOST];
static int tensors;
/* What stays on the chip lies here without gaps, whatever strides it was given. */
static int64_t offset(const Descriptor* t, const int64_t* i) {
    int64_t o = 0;
    if (flag(t, 907)) {
        for (int a = 0; a < AXES; a++) o = o * whole(t, 902, a) + (whole(t, 902, a) == 1 ? 0 : i[a]);
        return o;
    }
    for (int a = 0; a < AXES; a++) o += (whole(t, 902, a) == 1 ? 0 : i[a]) * whole(t, 903, a);
    return o;
}
static void* data(const Descriptor* t) {
    for (int i = 0; i < tensors; i++) if (memory[i].uid == whole(t, 906, 0)) return memory[i].data;
    if (!flag(t, 907)) {
        wrong(t, "a tensor that the pack does not name", (int) whole(t, 906, 0));
        abort();
    }
    int64_t last[AXES];
    for (int a = 0; a < AXES; a++) last[a] = whole(t, 902, a) - 1;
    memory[tensors].uid = whole(t, 906, 0);
    memory[tensors].own = 1;
    return memory[tensors++].data = malloc((offset(t, last) + 1) * 4);
}
static float load(const Descriptor* t, int64_t o) {
    if (number(t, 901) == 0) return ((float*) data(t))[o];
    uint32_t bits = (uint32_t) ((uint16_t*) data(t))[o] << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
}
static void store(const Descriptor* t, int64_t o, float f) {
    uint32_t bits;
    memcpy(&bits, &f, 4);
    if (number(t, 901) == 0) ((float*) data(t))[o] = f;
    else ((uint16_t*) data(t))[o] = (uint16_t) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
#define ALL(t, i) for (int64_t i[4] = {0}; i[0] < whole(t, 902, 0); i[0]++) for (i[1] = 0; i[1] < whole(t, 902, 1); i[1]++) \
    for (i[2] = 0; i[2] < whole(t, 902, 2); i[2]++) for (i[3] = 0; i[3] < whole(t, 902, 3); i[3]++)

static void matmul(const Descriptor* a, const Descriptor* b, const Descriptor* c) {
    ALL(c, i) {
        float sum = 0;
        for (int64_t k = 0; k < whole(a, 902, 3); k++) {
            int64_t ia[] = {i[0], i[1], i[2], k}, ib[] = {i[0], i[1], k, i[3]};
            sum += load(a, offset(a, ia)) * load(b, offset(b, ib));
        }
        store(c, offset(c, i), sum);
    }
}
static void attention(const Descriptor* op) {
    const Descriptor *q = at(op, 2800), *k = at(op, 2801), *v = at(op, 2802), *out = at(op, 2803);
    const Descriptor* statistics = at(at(op, 2814), 3102);
    float scale = load(at(op, 2805), 0);
    int64_t keys = whole(k, 902, 2), d = whole(q, 902, 3);
    float* s = malloc(keys * sizeof(float));
    ALL(statistics, i) {
        float most = -INFINITY, sum = 0;
        for (int64_t j = 0; j < keys; j++) {
            s[j] = 0;
            for (int64_t x = 0; x < d; x++) {
                int64_t iq[] = {i[0], i[1], i[2], x}, ik[] = {i[0], i[1], j, x};
                s[j] += scale * load(q, offset(q, iq)) * load(k, offset(k, ik));
            }
            most = fmaxf(most, s[j]);
        }
        for (int64_t j = 0; j < keys; j++) sum += s[j] = expf(s[j] - most);
        for (int64_t x = 0; x < d; x++) {
            float o = 0;
            for (int64_t j = 0; j < keys; j++) {
                int64_t iv[] = {i[0], i[1], j, x};
                o += s[j] / sum * load(v, offset(v, iv));
            }
            int64_t io[] = {i[0], i[1], i[2], x};
            store(out, offset(out, io), o);
        }
        store(statistics, offset(statistics, i), most + logf(sum));
    }
    free(s);
}
static int run(const Descriptor* op) {
    if (op->type == 41) {
        attention(op);
    } else if (op->type == 19) {
        matmul(at(op, 1520), at(op, 1521), at(op, 1522));
    } else if (op->type == 22) {
        const Descriptor *x = at(op, 1610), *y = at(op, 1611);
        ALL(y, i) store(y, offset(y, i), 0);
        ALL(x, i) store(y, offset(y, i), load(y, offset(y, i)) + load(x, offset(x, i)));
    } else if (op->type == 31) {
        const Descriptor *x = at(op, 2200), *y = at(op, 2201);
        for (int a = 0; a < AXES; a++) {
            int b = a < 2 ? a : 5 - a;
            if (whole(x, 902, a) != whole(y, 902, b) || whole(x, 903, a) != whole(y, 903, b)) return wrong(op, "no exchange of rows and columns", a);
        }
        ALL(y, i) {
            int64_t ix[] = {i[0], i[1], i[3], i[2]};
            store(y, offset(y, i), load(x, offset(x, ix)));
        }
    } else {
        const Descriptor *x = at(op, 751), *y = at(op, 753);
        int mode = number(at(op, 750), 0), two = mode == 1 || mode == 9;
        if (two != (get(op, 752) != NULL) || (!two && mode != 13 && mode != 21)) return wrong(op, "operands of a function", mode);
        ALL(y, i) {
            float a = load(x, offset(x, i)), b = two ? load(at(op, 752), offset(at(op, 752), i)) : 0;
            store(y, offset(y, i), mode == 1 ? a * b : mode == 9 ? a - b : mode == 13 ? expf(a) : a);
        }
    }
    return 0;
}

int cudnnBackendExecute(void* handle, const Descriptor* plan, const Descriptor* pack) {
    if (!plan->finished || plan->type != 5 || !pack->finished || pack->type != 16) return wrong(plan, "is no plan", 0);
    const Descriptor* graph = at(plan, 401)->graph;
    if (*(void* const*) get(plan, 400) != handle || *(void* const*) get(graph, 800) != handle) return wrong(plan, "of another handle", 0);
    char* workspace = *(char* const*) get(pack, 1003);
    if (workspace == NULL) return wrong(pack, "lacks its workspace", 1003);
    memset(workspace, 0xff, WORKSPACE);
    tensors = 0;
    for (int i = 0; i < count(pack, 1000); i++) {
        memory[tensors].uid = whole(pack, 1000, i);
        memory[tensors].own = 0;
        memory[tensors++].data = ((void* const*) get(pack, 1001))[i];
    }
    int failed = 0;
    for (int i = 0; i < count(graph, 801) && !failed; i++) failed = run(((Descriptor* const*) get(graph, 801))[i]);
    for (int i = 0; i < tensors; i++) if (memory[i].own) free(memory[i].data);
    return failed;
}
