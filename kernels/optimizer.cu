#include "operand.cuh"

// AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", Algorithm 2) and the moving averages of the
// parameters, over a whole arena at once.

enum { OPTIMIZER_THREADS = 256, AVERAGES = 8 };

struct AdamW {
    double beta1;
    double beta2;
    double eps;
    double weightDecay;
};

struct Averages {
    Operand at[AVERAGES];
    long long count;
};

/// x to the power of a whole number.
DEVICE double power(double x, long long n) {
    double r = 1;
    for (; n > 0; n >>= 1) {
        r = n & 1 ? r * x : r;
        x *= x;
    }
    return r;
}

/// @param hyper learning rate, step number from 1, factor of the gradients, then the weight of the new parameters in each
///              average; doubles where `wide`
KERNEL_BOUNDS(adamw, OPTIMIZER_THREADS, 1, (AdamW s, const void* hyper, int wide, long long n, Operand parameters,
                                            Operand gradients, Operand firstMoment, Operand secondMoment,
                                            Averages averages)) {
    SHARED(float, numbers, [4]);
    SHARED(float, weights, [AVERAGES]);
    if (threadIdx.x == 0) {
        auto number = [=](int i) {
            return wide ? static_cast<const double*>(hyper)[i] : static_cast<const float*>(hyper)[i];
        };
        double h[3] = {number(0), number(1), number(2)};
        for (int k = 0; k < averages.count; k++) {
            weights[k] = static_cast<float>(number(3 + k));
        }
        long long step = static_cast<long long>(h[1]);
        numbers[0] = static_cast<float>(h[2]);
        numbers[1] = static_cast<float>(h[0] / (1 - power(s.beta1, step)));
        numbers[2] = static_cast<float>(1 / sqrt(1 - power(s.beta2, step)));
        numbers[3] = static_cast<float>(1 - h[0] * s.weightDecay);
    }
    sync_block();
    float factor = numbers[0];
    float rate = numbers[1];
    float root = numbers[2];
    float decay = numbers[3];
    float beta2 = static_cast<float>(s.beta2);
    float eps = static_cast<float>(s.eps);
    float newFirst = static_cast<float>(1 - s.beta1);
    float newSecond = static_cast<float>(1 - s.beta2);
    long long step = static_cast<long long>(gridDim.x) * OPTIMIZER_THREADS;
    for (long long i = static_cast<long long>(blockIdx.x) * OPTIMIZER_THREADS + threadIdx.x; i < n; i += step) {
        float g = gradients.element(i) * factor;
        float m = firstMoment.element(i);
        m = fmaf(g - m, newFirst, m);
        float v = fmaf(g * newSecond, g, secondMoment.element(i) * beta2);
        float p = fmaf(m / fmaf(sqrtf(v), root, eps), -rate, parameters.element(i) * decay);
        parameters.put(i, p);
        firstMoment.put(i, m);
        secondMoment.put(i, v);
        for (int k = 0; k < averages.count; k++) {
            if (weights[k] == 1) {
                averages.at[k].put(i, p);
                continue;
            }
            float e = averages.at[k].element(i);
            averages.at[k].put(i, fmaf(p - e, weights[k], e));
        }
    }
}
