// Point-wise functions with broadcasting: one kernel for each function, over any strides.
#include "anneal.cuh"

constexpr int MAP_AXES = 6;

/// A nest of loops over the output, axes that could be joined already joined; a stride of 0 repeats an operand.
struct Map {
    void* out;
    const void* in[3];
    long long elements;
    long long extent[MAP_AXES];
    long long stride[4][MAP_AXES];  // of out, in[0], in[1], in[2]; in elements
    int axes;
    int wide;  // bit i: operand i (out, in[0], ...) is float32 where the kernel's own type is bfloat16
    float p, q;
};

/// Reads and writes an operand of the kernel's type T or, where the bit says so, of float32.
template <class T>
DEVICE float map_load(const Map& m, int operand, long long at) {
    const void* from = m.in[operand - 1];
    if (sizeof(T) == 4 || (m.wide >> operand & 1)) return static_cast<const float*>(from)[at];
    return to_float(static_cast<const T*>(from)[at]);
}

template <class T>
DEVICE void map_store(const Map& m, long long at, float v) {
    if (sizeof(T) == 4 || (m.wide & 1)) static_cast<float*>(m.out)[at] = v;
    else static_cast<T*>(m.out)[at] = from_float<T>(v);
}

template <class T, int ARITY, class F>
DEVICE void map_element(const Map& m, const long long (&at)[4], F f) {
    float a = map_load<T>(m, 1, at[1]);
    float b = ARITY > 1 ? map_load<T>(m, 2, at[2]) : 0.0f;
    float c = ARITY > 2 ? map_load<T>(m, 3, at[3]) : 0.0f;
    map_store<T>(m, at[0], f(a, b, c, m.p, m.q));
}

template <class T, int ARITY, class F>
DEVICE void map(const Map& m, F f) {
    if (m.axes == 1) {
        for (long long i = global_thread(); i < m.elements; i += global_threads()) {
            long long at[4];
            UNROLL for (int o = 0; o <= ARITY; o++) at[o] = i * m.stride[o][0];
            map_element<T, ARITY>(m, at, f);
        }
        return;
    }
    for (long long i = global_thread(); i < m.elements; i += global_threads()) {
        long long at[4] = {0, 0, 0, 0}, rest = i;
        for (int axis = m.axes - 1; axis >= 0; axis--) {
            long long next = axis == 0 ? 0 : rest / m.extent[axis];
            long long index = rest - next * m.extent[axis];
            UNROLL for (int o = 0; o <= ARITY; o++) at[o] += index * m.stride[o][axis];
            rest = next;
        }
        map_element<T, ARITY>(m, at, f);
    }
}

// What the functions share

/// As Java's Math.max and min: a NaN stays.
DEVICE float larger(float a, float b) { return a > b || a != a ? a : b; }
DEVICE float smaller(float a, float b) { return a < b || a != a ? a : b; }
DEVICE float sigmoid(float x) { return 1.0f / (1.0f + exp_(-x)); }
DEVICE float normal_cdf(float x) { return 0.5f + 0.5f * erf_(x * 0.70710677f); }
DEVICE float tanh_argument(float x) { return 0.7978846f * (x + 0.044715f * x * x * x); }
/// (1 + tanh(u)) / 2 = sigmoid(2 u), which loses nothing where tanh(u) is near -1.
DEVICE float tanh_cdf(float x) { return sigmoid(2.0f * tanh_argument(x)); }
DEVICE float tanh_density(float x) {
    float s = tanh_cdf(x);
    return s * (1.0f - s) * (2.0f * 0.7978846f * (1.0f + 3.0f * 0.044715f * x * x));
}
DEVICE float power(float x, float p) {
    if (p == 0.0f) return 1.0f;
    if (p == 1.0f) return x;
    if (p == 2.0f) return x * x;
    if (p == 3.0f) return x * x * x;
    if (p == 0.5f) return sqrt_(x);
    if (p == -1.0f) return 1.0f / x;
    return pow_(x, p);
}

/// One function for both types; a, b, c are its operands, p and q its constants.
#define MAP(name, arity, expression)                                                    \
    struct Fn_##name {                                                                  \
        DEVICE float operator()(float a, float b, float c, float p, float q) const {    \
            (void)a, (void)b, (void)c, (void)p, (void)q;                                \
            return expression;                                                          \
        }                                                                               \
    };                                                                                  \
    KERNEL(map_##name##_f32, (Map m)) { map<float, arity>(m, Fn_##name()); }            \
    KERNEL(map_##name##_bf16, (Map m)) { map<bf16, arity>(m, Fn_##name()); }

MAP(add, 2, a + b)
MAP(sub, 2, a - b)
MAP(mul, 2, a * b)
MAP(div, 2, a / b)
MAP(maximum, 2, larger(a, b))
MAP(minimum, 2, smaller(a, b))
MAP(axpby, 2, p * a + q * b)
MAP(mul_add, 3, a + b * c)
MAP(affine, 1, p * a + q)
MAP(square, 1, a * a)
MAP(abs, 1, fabsf(a))
MAP(exp, 1, exp_(a))
MAP(log, 1, log_(a))
MAP(sqrt, 1, sqrt_(a))
MAP(rsqrt, 1, 1.0f / sqrt_(a))
MAP(reciprocal, 1, 1.0f / a)
MAP(sin, 1, sin_(a))
MAP(cos, 1, cos_(a))
MAP(tanh, 1, tanh_(a))
MAP(sigmoid, 1, sigmoid(a))
MAP(silu, 1, a * sigmoid(a))
MAP(relu, 1, larger(a, 0.0f))
MAP(gelu_erf, 1, a * normal_cdf(a))
MAP(gelu_tanh, 1, a * tanh_cdf(a))
MAP(gelu_quick, 1, a * sigmoid(1.702f * a))
MAP(pow, 1, power(a, p))
MAP(clamp, 1, smaller(larger(a, p), q))
MAP(less, 1, a < p ? 1.0f : 0.0f)
MAP(normal_cdf, 1, tanh_cdf(a))
MAP(select, 3, a != 0.0f ? b : c)
MAP(abs_grad, 2, a == 0.0f ? 0.0f : copysignf(1.0f, a) * b)
MAP(silu_grad, 2, b * (sigmoid(a) * (1.0f + a * (1.0f - sigmoid(a)))))
MAP(relu_grad, 2, a > 0.0f ? b : 0.0f)
MAP(gelu_erf_grad, 2, b * (normal_cdf(a) + a * 0.3989423f * exp_(-0.5f * a * a)))
MAP(gelu_tanh_grad, 2, b * (tanh_cdf(a) + a * tanh_density(a)))
MAP(gelu_quick_grad, 2, b * (sigmoid(1.702f * a) * (1.0f + 1.702f * a * (1.0f - sigmoid(1.702f * a)))))
MAP(tanh_grad, 2, b * (1.0f - a * a))
MAP(sigmoid_grad, 2, b * (a * (1.0f - a)))
MAP(pow_grad, 2, b * (p * power(a, p - 1.0f)))
MAP(clamp_grad, 2, a >= p && a <= q ? b : 0.0f)
MAP(normal_cdf_grad, 2, b * tanh_density(a))
