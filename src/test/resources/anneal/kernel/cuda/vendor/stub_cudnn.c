/* Stands in for cuDNN 9 where there is none: the functions that we call, in float32 and
   bfloat16, on memory that the processor sees. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int format, type, n, c, h, w; } Tensor;
typedef struct { int type, format, k, c, r, s; } Filter;
typedef struct { int pad, stride, mode, compute, math; } Convolution;
static int handle;
enum { BAD_PARAM = 2000, NOT_SUPPORTED = 3000, WORKSPACE = 64 };

size_t cudnnGetVersion(void) { return 92400; }
const char* cudnnGetErrorString(int status) { return status == BAD_PARAM ? "STUB_BAD_PARAM" : "STUB_NOT_SUPPORTED"; }
int cudnnCreate(void** h) { *h = &handle; return 0; }
int cudnnDestroy(void* h) { return h == &handle ? 0 : BAD_PARAM; }
int cudnnSetStream(void* h, void* stream) { (void) stream; return h == &handle ? 0 : BAD_PARAM; }
int cudnnCreateTensorDescriptor(void** d) { *d = calloc(1, sizeof(Tensor)); return 0; }
int cudnnCreateFilterDescriptor(void** d) { *d = calloc(1, sizeof(Filter)); return 0; }
int cudnnCreateConvolutionDescriptor(void** d) { *d = calloc(1, sizeof(Convolution)); return 0; }
int cudnnDestroyTensorDescriptor(void* d) { free(d); return 0; }
int cudnnDestroyFilterDescriptor(void* d) { free(d); return 0; }
int cudnnDestroyConvolutionDescriptor(void* d) { free(d); return 0; }

int cudnnSetTensor4dDescriptor(Tensor* d, int format, int type, int n, int c, int h, int w) {
    *d = (Tensor) {format, type, n, c, h, w};
    return 0;
}
int cudnnSetFilter4dDescriptor(Filter* d, int type, int format, int k, int c, int r, int s) {
    *d = (Filter) {type, format, k, c, r, s};
    return 0;
}
int cudnnSetConvolution2dDescriptor(Convolution* d, int ph, int pw, int u, int v, int dh, int dw, int mode, int compute) {
    *d = (Convolution) {ph, u, mode, compute, 0};
    return ph == pw && u == v && dh == 1 && dw == 1 ? 0 : BAD_PARAM;
}
int cudnnSetConvolutionMathType(Convolution* d, int math) { d->math = math; return 0; }

enum { FLOAT = 0, BFLOAT16 = 9, FMA_MATH = 3, TENSOR_OP_MATH = 1 };

/* NHWC, every product in float32; seven input channels are "not supported". */
static int check(void* h, Tensor* x, Filter* w, Convolution* c, Tensor* y, int algo) {
    if (h != &handle || x->format != 1 || y->format != 1 || w->format != 1 || y->type != x->type || w->type != x->type
            || c->math != (x->type == FLOAT ? FMA_MATH : TENSOR_OP_MATH) || (x->type != FLOAT && x->type != BFLOAT16)
            || c->mode != 1 || c->compute != 0 || algo != 1 || x->c != w->c || y->c != w->k || x->n != y->n
            || y->h != (x->h + 2 * c->pad - w->r) / c->stride + 1 || y->w != (x->w + 2 * c->pad - w->s) / c->stride + 1) {
        return BAD_PARAM;
    }
    return x->c == 7 ? NOT_SUPPORTED : 0;
}
int cudnnGetConvolutionForwardWorkspaceSize(void* h, Tensor* x, Filter* w, Convolution* c, Tensor* y, int algo, size_t* bytes) {
    *bytes = WORKSPACE;
    return check(h, x, w, c, y, algo);
}
int cudnnGetConvolutionBackwardDataWorkspaceSize(void* h, Filter* w, Tensor* y, Convolution* c, Tensor* x, int algo,
                                                 size_t* bytes) {
    *bytes = 0;
    return check(h, x, w, c, y, algo);
}
int cudnnGetConvolutionBackwardFilterWorkspaceSize(void* h, Tensor* x, Tensor* y, Convolution* c, Filter* w, int algo,
                                                   size_t* bytes) {
    *bytes = WORKSPACE;
    return check(h, x, w, c, y, algo);
}

static void scale(float* to, size_t count, float beta) {
    for (size_t i = 0; i < count; i++) to[i] = beta != 0 ? beta * to[i] : 0;
}

/* mode 0, 1, 2: adds alpha times the convolution to y, x or w. */
static void add(int mode, Tensor* xd, Filter* wd, Convolution* cd, Tensor* yd, float* x, float* w, float* y, float alpha) {
    for (int n = 0; n < yd->n; n++) for (int i = 0; i < yd->h; i++) for (int j = 0; j < yd->w; j++)
    for (int k = 0; k < yd->c; k++) for (int r = 0; r < wd->r; r++) for (int s = 0; s < wd->s; s++) {
        int row = i * cd->stride - cd->pad + r, column = j * cd->stride - cd->pad + s;
        if (row < 0 || row >= xd->h || column < 0 || column >= xd->w) continue;
        for (int c = 0; c < xd->c; c++) {
            float* px = &x[((n * xd->h + row) * xd->w + column) * xd->c + c];
            float* pw = &w[((k * wd->r + r) * wd->s + s) * wd->c + c];
            float* py = &y[((n * yd->h + i) * yd->w + j) * yd->c + k];
            if (mode == 0) *py += alpha * *px * *pw;
            else if (mode == 1) *px += alpha * *py * *pw;
            else *pw += alpha * *px * *py;
        }
    }
}

static float* widened(const void* from, int type, size_t count) {
    float* to = malloc(count * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = type == FLOAT ? ((const uint32_t*) from)[i] : (uint32_t) ((const uint16_t*) from)[i] << 16;
        memcpy(&to[i], &bits, sizeof bits);
    }
    return to;
}

static void narrowed(void* to, int type, float* from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        if (type == FLOAT) ((uint32_t*) to)[i] = bits;
        else ((uint16_t*) to)[i] = (uint16_t) ((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
    free(from);
}

static void convolve(int mode, Tensor* xd, Filter* wd, Convolution* cd, Tensor* yd, void* x, void* w, void* y, float alpha,
                     float beta) {
    size_t nx = (size_t) xd->n * xd->h * xd->w * xd->c, nw = (size_t) wd->k * wd->r * wd->s * wd->c,
           ny = (size_t) yd->n * yd->h * yd->w * yd->c;
    float *fx = widened(x, xd->type, nx), *fw = widened(w, wd->type, nw), *fy = widened(y, yd->type, ny);
    if (mode == 0) scale(fy, ny, beta);
    else if (mode == 1) scale(fx, nx, beta);
    else scale(fw, nw, beta);
    add(mode, xd, wd, cd, yd, fx, fw, fy, alpha);
    narrowed(x, xd->type, fx, nx);
    narrowed(w, wd->type, fw, nw);
    narrowed(y, yd->type, fy, ny);
}

/* A workspace must be there, and is written, where one was asked for. */
static int spoil(void* space, size_t bytes, size_t asked) {
    if (bytes != asked || (asked != 0 && space == NULL)) return BAD_PARAM;
    if (asked != 0) memset(space, 0xff, asked);
    return 0;
}
int cudnnConvolutionForward(void* h, const float* alpha, Tensor* xd, float* x, Filter* wd, float* w, Convolution* cd, int algo,
                            void* space, size_t bytes, const float* beta, Tensor* yd, float* y) {
    if (check(h, xd, wd, cd, yd, algo) || spoil(space, bytes, WORKSPACE)) return BAD_PARAM;
    convolve(0, xd, wd, cd, yd, x, w, y, *alpha, *beta);
    return 0;
}
int cudnnConvolutionBackwardData(void* h, const float* alpha, Filter* wd, float* w, Tensor* yd, float* y, Convolution* cd,
                                 int algo, void* space, size_t bytes, const float* beta, Tensor* xd, float* x) {
    if (check(h, xd, wd, cd, yd, algo) || spoil(space, bytes, 0)) return BAD_PARAM;
    convolve(1, xd, wd, cd, yd, x, w, y, *alpha, *beta);
    return 0;
}
int cudnnConvolutionBackwardFilter(void* h, const float* alpha, Tensor* xd, float* x, Tensor* yd, float* y, Convolution* cd,
                                   int algo, void* space, size_t bytes, const float* beta, Filter* wd, float* w) {
    if (check(h, xd, wd, cd, yd, algo) || spoil(space, bytes, WORKSPACE)) return BAD_PARAM;
    convolve(2, xd, wd, cd, yd, x, w, y, *alpha, *beta);
    return 0;
}
