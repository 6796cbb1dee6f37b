#pragma once
#include "anneal.cuh"

// Elementary functions from polynomials, operation for operation those of anneal.kernel.cpu.PolyMath, which has the
// coefficients' story: the same bits on the cpu, in the simulator and on a GPU. Nothing here may be contracted.

/// Natural logarithm of a positive normal number.
DEVICE float poly_log(float x) {
    const int sqrtHalf = 0x3f3504f3;
    int bits = __float_as_int(x) - sqrtHalf;
    float n = static_cast<float>(bits >> 23);
    float f = add_(__int_as_float((bits & 0x7fffff) + sqrtHalf), -1.0f);
    float s = mul_(f, f);
    float p = fma_(f, 0.0674664f, -0.11675652f);
    p = fma_(p, f, 0.11888162f);
    p = fma_(p, f, -0.12405589f);
    p = fma_(p, f, 0.14219552f);
    p = fma_(p, f, -0.16667996f);
    p = fma_(p, f, 0.20002119f);
    p = fma_(p, f, -0.25000009f);
    p = fma_(p, f, 0.33333313f);
    p = mul_(mul_(p, f), s);
    p = fma_(n, 3.1946183e-5f, p);
    p = fma_(s, -0.5f, p);
    return fma_(n, 0.693115234375f, add_(f, p));
}

/// sin(x + turn pi / 2) for |x| up to 30000.
DEVICE float poly_sine(float x, int turn) {
    const float round = 12582912.0f;  // adding and subtracting it rounds to a whole number
    float shifted = fma_(x, 0.63661975f, round);
    float n = add_(shifted, -round);
    float r = fma_(n, -1.5707964f, x);
    r = fma_(n, 4.371139e-8f, r);
    r = fma_(n, 1.7151245e-15f, r);
    int q = __float_as_int(shifted) + turn;
    float s = mul_(r, r);
    float sine = fma_(fma_(s, -1.9514632e-4f, 0.008332156f), s, -0.16666655f);
    sine = fma_(mul_(sine, s), r, r);
    float cosine = fma_(fma_(s, 2.4432413e-5f, -0.0013887309f), s, 0.041666646f);
    cosine = fma_(cosine, mul_(s, s), fma_(s, -0.5f, 1.0f));
    float y = (q & 1) == 0 ? sine : cosine;
    return __int_as_float(__float_as_int(y) ^ static_cast<int>(static_cast<unsigned>(q & 2) << 30));
}
