package anneal.diffusion;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * How much noise each step of the forward process adds: the variances beta_0 .. beta_{T-1} of
 * q(x_t | x_{t-1}) = N(sqrt(1 - beta_t) x_{t-1}, beta_t I) (Ho et al. 2020, equation 2).
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BetaSchedule.DdpmLinear.class, name = "ddpm_linear"),
    @JsonSubTypes.Type(value = BetaSchedule.Linear.class, name = "linear"),
    @JsonSubTypes.Type(value = BetaSchedule.ScaledLinear.class, name = "scaled_linear"),
    @JsonSubTypes.Type(value = BetaSchedule.SquareRoot.class, name = "sqrt"),
    @JsonSubTypes.Type(value = BetaSchedule.Cosine.class, name = "cosine"),
    @JsonSubTypes.Type(value = BetaSchedule.Sigmoid.class, name = "sigmoid"),
    @JsonSubTypes.Type(value = BetaSchedule.Constant.class, name = "const"),
    @JsonSubTypes.Type(value = BetaSchedule.Jsd.class, name = "jsd"),
    @JsonSubTypes.Type(value = BetaSchedule.Warmup.class, name = "warmup"),
    @JsonSubTypes.Type(value = BetaSchedule.Explicit.class, name = "explicit")
})
public sealed interface BetaSchedule {
    /**
     * The variances of a process of {@code steps} steps, least noisy first.
     *
     * @throws IllegalArgumentException if steps is not positive or a beta would lie outside (0, 1]
     */
    default double[] betas(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("a diffusion process needs at least one step, got " + steps);
        }
        var betas = formula(steps);
        for (int i = 0; i < steps; i++) {
            if (!(betas[i] > 0 && betas[i] <= 1)) {
                throw new IllegalArgumentException("beta %d of %d is %s under schedule %s: it must be in (0, 1]"
                        .formatted(i, steps, betas[i], this));
            }
        }
        return betas;
    }

    /** The formula of {@link #betas} as it stands in its paper, unchecked. */
    double[] formula(int steps);

    /**
     * The schedules that the papers call by these names: {@code linear} (Ho et al.) and {@code cosine} (Nichol and
     * Dhariwal).
     *
     * @throws IllegalArgumentException for any other name
     */
    static BetaSchedule named(String name) {
        return switch (name) {
            case "linear" -> new DdpmLinear();
            case "cosine" -> Cosine.IMPROVED_DDPM;
            default -> throw new IllegalArgumentException(
                    "no noise schedule is called '" + name + "': use linear or cosine");
        };
    }

    /**
     * DDPM's linear schedule, 1e-4 to 0.02 over 1,000 steps, stretched so that any number of steps ends with about the
     * same noise. At least 20 steps, since the last beta is 20/T.
     */
    record DdpmLinear() implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            if (steps < 20) {
                throw new IllegalArgumentException("the linear schedule needs at least 20 steps, got " + steps
                        + ": its last beta would be " + 20.0 / steps);
            }
            double scale = 1000.0 / steps;
            return linspace(scale * 1e-4, scale * 0.02, steps);
        }
    }

    /** Evenly spaced from betaStart to betaEnd. */
    record Linear(double betaStart, double betaEnd) implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            return linspace(betaStart, betaEnd, steps);
        }
    }

    /** Square roots evenly spaced (latent diffusion's "linear", SR3's "quad"). */
    record ScaledLinear(double betaStart, double betaEnd) implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            return each(linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), steps), r -> r * r);
        }
    }

    /** Squares evenly spaced. */
    record SquareRoot(double betaStart, double betaEnd) implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            return each(linspace(betaStart, betaEnd, steps), Math::sqrt);
        }
    }

    /**
     * alphasCumprod proportional to cos^2((t/T + s)/(1 + s) pi/2), each beta at most maxBeta (Nichol and Dhariwal 2021,
     * "Improved DDPM", equation 17).
     */
    record Cosine(double s, double maxBeta) implements BetaSchedule {
        /** The constants of the paper. */
        public static final Cosine IMPROVED_DDPM = new Cosine(0.008, 0.999);

        @Override
        public double[] formula(int steps) {
            var betas = new double[steps];
            for (int i = 0; i < steps; i++) {
                betas[i] = Math.min(1 - level((i + 1.0) / steps) / level((double) i / steps), maxBeta);
            }
            return betas;
        }

        private double level(double u) {
            double c = Math.cos((u + s) / (1 + s) * Math.PI / 2);
            return c * c;
        }
    }

    /** From betaStart to betaEnd along the logistic function over -6 .. 6. */
    record Sigmoid(double betaStart, double betaEnd) implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            return each(linspace(-6, 6, steps), u -> (betaEnd - betaStart) / (1 + Math.exp(-u)) + betaStart);
        }
    }

    /** The same beta at every step. */
    record Constant(double beta) implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            return each(new double[steps], zero -> beta);
        }
    }

    /** 1/T, 1/(T-1), .. 1 (Sohl-Dickstein et al. 2015, section 2.4.1): erases the same share of signal at each step. */
    record Jsd() implements BetaSchedule {
        @Override
        public double[] formula(int steps) {
            return each(linspace(steps, 1, steps), left -> 1 / left);
        }
    }

    /** Linear from betaStart to betaEnd over the first {@code fraction} of the steps, betaEnd from there on. */
    record Warmup(double betaStart, double betaEnd, double fraction) implements BetaSchedule {
        public Warmup {
            if (!(fraction >= 0 && fraction <= 1)) {
                throw new IllegalArgumentException("the warm-up fraction must be in 0..1, got " + fraction);
            }
        }

        @Override
        public double[] formula(int steps) {
            int rising = (int) (steps * fraction);
            var betas = Arrays.copyOf(linspace(betaStart, betaEnd, rising), steps);
            Arrays.fill(betas, rising, steps, betaEnd);
            return betas;
        }
    }

    /** Given numbers; the process must have exactly as many steps. */
    record Explicit(double... values) implements BetaSchedule {
        public Explicit {
            values = values.clone();
        }

        @Override
        public double[] values() {
            return values.clone();
        }

        @Override
        public double[] formula(int steps) {
            if (steps != values.length) {
                throw new IllegalArgumentException(
                        values.length + " betas are given for a process of " + steps + " steps");
            }
            return values();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Explicit e && Arrays.equals(values, e.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }

        @Override
        public String toString() {
            return "Explicit[" + values.length + " values]";
        }
    }

    private static double[] linspace(double first, double last, int count) {
        var values = new double[count];
        double stride = count > 1 ? (last - first) / (count - 1) : 0;
        for (int i = 0; i < count; i++) {
            values[i] = first + i * stride;
        }
        if (count > 1) {
            values[count - 1] = last;
        }
        return values;
    }

    private static double[] each(double[] values, DoubleUnaryOperator f) {
        return Arrays.stream(values).map(f).toArray();
    }
}
