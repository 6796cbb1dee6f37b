package anneal.kernel.cpu;

/** Inner loops of the optimiser, over pieces of an arena. */
public interface OptimizerLanes {
    /**
     * What one step multiplies by, worked out once in double.
     *
     * @param gradient factor of the gradients
     * @param first    1 - beta1
     * @param beta2    the second moment's rate
     * @param second   1 - beta2
     * @param decay    1 - learning rate * weight decay
     * @param step     learning rate / (1 - beta1^t)
     * @param root     1 / sqrt(1 - beta2^t)
     */
    record Step(float gradient, float first, float beta2, float second, float decay, float step, float root,
                float eps) {
    }

    /** {@code m += first (g - m); v = beta2 v + second g^2; p = decay p - step m / (root sqrt(v) + eps)}. */
    void adamw(Step s, int n, long p, long g, long m, long v);

    /** {@code ema += weight (p - ema)}. */
    void average(int n, float weight, long p, long ema);
}
