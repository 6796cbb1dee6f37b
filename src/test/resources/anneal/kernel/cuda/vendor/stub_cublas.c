/* Stands in for cuBLAS where there is none: the functions that we call, in float32 and
   bfloat16, on memory that the processor sees. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct { int stream_was_set; } Handle;
static Handle handle;

int cublasCreate_v2(void** h) { *h = &handle; return 0; }
int cublasDestroy_v2(void* h) { return h == &handle ? 0 : 1; }
int cublasSetStream_v2(void* h, void* stream) { (void) stream; ((Handle*) h)->stream_was_set = 1; return 0; }
int cublasGetVersion_v2(void* h, int* version) { (void) h; *version = 130100; return 0; }

enum { FLOAT = 0, BFLOAT16 = 14 };

static float get(const void* p, int type, size_t i) {
    if (type == FLOAT) return ((const float*) p)[i];
    uint32_t bits = (uint32_t) ((const uint16_t*) p)[i] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void put(void* p, int type, size_t i, float value) {
    if (type == FLOAT) { ((float*) p)[i] = value; return; }
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    ((uint16_t*) p)[i] = (uint16_t) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Down columns: c = alpha op(a) op(b) + beta c, from the given elements on; a and b are of one type. */
static void multiply(int ta, int tb, int m, int n, int k, float alpha, const void* a, size_t a0, int lda, const void* b,
                     size_t b0, int ldb, int type, float beta, void* c, size_t c0, int ldc, int ct) {
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < m; i++) {
            float sum = 0;
            for (int l = 0; l < k; l++) {
                sum += get(a, type, a0 + (ta ? l + (size_t) i * lda : i + (size_t) l * lda))
                        * get(b, type, b0 + (tb ? j + (size_t) l * ldb : l + (size_t) j * ldb));
            }
            size_t to = c0 + i + (size_t) j * ldc;
            put(c, ct, to, alpha * sum + (beta != 0 ? beta * get(c, ct, to) : 0));
        }
    }
}

/* 1 for what this does not do: other types, mixed operands, another compute type. */
static int refuses(void* h, int at, int bt, int ct, int compute) {
    return h != &handle || !handle.stream_was_set || (at != FLOAT && at != BFLOAT16) || bt != at
            || (ct != FLOAT && ct != at) || compute != 68;
}

int cublasGemmEx(void* h, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int at, int lda,
                 const void* b, int bt, int ldb, const float* beta, void* c, int ct, int ldc, int compute, int algo) {
    if (refuses(h, at, bt, ct, compute) || algo != -1) return 15;
    multiply(ta, tb, m, n, k, *alpha, a, 0, lda, b, 0, ldb, at, *beta, c, 0, ldc, ct);
    return 0;
}

int cublasGemmStridedBatchedEx(void* h, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int at,
                               int lda, long long sa, const void* b, int bt, int ldb, long long sb, const float* beta,
                               void* c, int ct, int ldc, long long sc, int count, int compute, int algo) {
    if (refuses(h, at, bt, ct, compute) || algo != -1) return 15;
    for (int i = 0; i < count; i++) {
        multiply(ta, tb, m, n, k, *alpha, a, i * sa, lda, b, i * sb, ldb, at, *beta, c, i * sc, ldc, ct);
    }
    return 0;
}
