/* Stands in for cuBLAS where there is none: the functions that we call, in float32, on memory that the processor sees. */
#include <stddef.h>

typedef struct { int stream_was_set; } Handle;
static Handle handle;

int cublasCreate_v2(void** h) { *h = &handle; return 0; }
int cublasDestroy_v2(void* h) { return h == &handle ? 0 : 1; }
int cublasSetStream_v2(void* h, void* stream) { (void) stream; ((Handle*) h)->stream_was_set = 1; return 0; }
int cublasGetVersion_v2(void* h, int* version) { (void) h; *version = 130100; return 0; }

/* Down columns: c = alpha op(a) op(b) + beta c. */
static void multiply(int ta, int tb, int m, int n, int k, float alpha, const float* a, int lda, const float* b, int ldb,
                     float beta, float* c, int ldc) {
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < m; i++) {
            float sum = 0;
            for (int l = 0; l < k; l++) {
                sum += (ta ? a[l + (size_t) i * lda] : a[i + (size_t) l * lda])
                        * (tb ? b[j + (size_t) l * ldb] : b[l + (size_t) j * ldb]);
            }
            float* to = &c[i + (size_t) j * ldc];
            *to = alpha * sum + (beta != 0 ? beta * *to : 0);
        }
    }
}

/* 1 for what this does not do: other types than float32, another compute type. */
static int refuses(void* h, int at, int bt, int ct, int compute) {
    return h != &handle || !handle.stream_was_set || at != 0 || bt != 0 || ct != 0 || compute != 68;
}

int cublasGemmEx(void* h, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int at, int lda,
                 const void* b, int bt, int ldb, const float* beta, void* c, int ct, int ldc, int compute, int algo) {
    if (refuses(h, at, bt, ct, compute) || algo != -1) return 15;
    multiply(ta, tb, m, n, k, *alpha, a, lda, b, ldb, *beta, c, ldc);
    return 0;
}

int cublasGemmStridedBatchedEx(void* h, int ta, int tb, int m, int n, int k, const float* alpha, const void* a, int at,
                               int lda, long long sa, const void* b, int bt, int ldb, long long sb, const float* beta,
                               void* c, int ct, int ldc, long long sc, int count, int compute, int algo) {
    if (refuses(h, at, bt, ct, compute) || algo != -1) return 15;
    for (int i = 0; i < count; i++) {
        multiply(ta, tb, m, n, k, *alpha, (const float*) a + i * sa, lda, (const float*) b + i * sb, ldb, *beta,
                 (float*) c + i * sc, ldc);
    }
    return 0;
}
