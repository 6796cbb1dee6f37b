package anneal.nn;

import anneal.tensor.Concat;
import anneal.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * The time embedding of DDPM's code and its descendants: sines, then cosines, at the frequencies 10000^(-k/(half - 1)),
 * and a network of two layers behind them. (guided-diffusion's {@link TimestepEmbedding} has the cosines first and
 * divides by half.)
 */
public final class SineTimeEmbedding extends Module {
    private static final double MAX_PERIOD = 10000;

    private final Constant coarse;
    private final Constant fine;
    private final Linear first;
    private final Linear second;
    private final UnaryOperator<Tensor> activation;

    /**
     * @param dim    of the sines and cosines together; even, at least 4
     * @param hidden width between the layers
     * @param width  of the result
     * @param first  name of the first layer, and {@code second} of the other
     */
    public SineTimeEmbedding(int dim, int hidden, int width, String first, String second,
                             UnaryOperator<Tensor> activation) {
        if (dim < 4 || dim % 2 != 0) {
            throw new IllegalArgumentException("time embedding of width " + dim
                    + "; an even number from 4 on is needed");
        }
        int half = dim / 2;
        var frequencies = Sinusoids.frequencies(half, MAX_PERIOD, half - 1);
        coarse = constant(Sinusoids.coarse(frequencies), half);
        fine = constant(Sinusoids.fine(frequencies), half);
        this.first = child(first, new Linear(dim, hidden));
        this.second = child(second, new Linear(hidden, width));
        this.activation = activation;
    }

    /**
     * @param t [N], I32 or floating
     * @return [N, width]
     */
    public Tensor forward(Tensor t) {
        return result(scoped(in -> {
            var s = Sinusoids.of(in[0], coarse.tensor(), fine.tensor());
            var both = Concat.concat(1, s.sin(), s.cos()).toFloating();
            return second.forward(activation.apply(first.forward(both)));
        }, t));
    }
}
