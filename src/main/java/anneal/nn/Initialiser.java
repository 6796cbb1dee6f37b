package anneal.nn;

import anneal.kernel.Philox;
import java.util.Arrays;

/**
 * What a parameter holds before training, as PyTorch's layers and guided-diffusion set it. Draws come from the host's
 * Philox, so that every device starts from the same numbers.
 */
public sealed interface Initialiser {
    Initialiser ZEROS = new Constant(0);
    Initialiser ONES = new Constant(1);

    /** {@code count} numbers in our layout; {@code random} is this parameter's own stream. */
    double[] values(int count, Philox.Stream random);

    /**
     * Uniform on +-1/sqrt(fanIn): PyTorch's default for weights (kaiming_uniform with a = sqrt(5)) and for biases of
     * linear and convolution layers.
     */
    static Initialiser fanIn(int fanIn) {
        return new Uniform(1 / Math.sqrt(fanIn));
    }

    /** Normal with mean 0. */
    static Initialiser normal(double deviation) {
        return new Normal(deviation);
    }

    /** The same number everywhere. */
    record Constant(double value) implements Initialiser {
        @Override
        public double[] values(int count, Philox.Stream random) {
            var v = new double[count];
            Arrays.fill(v, value);
            return v;
        }
    }

    /** Uniform on [-bound, bound). */
    record Uniform(double bound) implements Initialiser {
        @Override
        public double[] values(int count, Philox.Stream random) {
            var v = new double[count];
            for (int i = 0; i < count; i++) {
                v[i] = bound * (2 * Philox.uniform(random.nextInt()) - 1);
            }
            return v;
        }
    }

    /** Box and Muller's transform, two numbers from two words. */
    record Normal(double deviation) implements Initialiser {
        @Override
        public double[] values(int count, Philox.Stream random) {
            var v = new double[count];
            for (int i = 0; i < count; i += 2) {
                double radius = deviation * Math.sqrt(-2 * StrictMath.log(Philox.uniformAboveZero(random.nextInt())));
                double angle = 2 * Math.PI * Philox.uniform(random.nextInt());
                v[i] = radius * StrictMath.cos(angle);
                if (i + 1 < count) {
                    v[i + 1] = radius * StrictMath.sin(angle);
                }
            }
            return v;
        }
    }
}
