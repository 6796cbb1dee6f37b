package anneal.diffusion;

import anneal.tensor.Embedding;
import anneal.tensor.Tensor;
import java.util.function.BinaryOperator;

/** Gradient of log p(y | x_t) with respect to x_t: the direction in which an image looks more like its label. */
@FunctionalInterface
public interface LogProbGradient {
    /**
     * @param x         noisy images [N, H, W, C]
     * @param timesteps as the networks know them, float [N]
     * @return shaped like x
     */
    Tensor of(Tensor x, Tensor timesteps);

    /**
     * The gradient of a classifier of noisy images.
     *
     * @param classifier (x, timesteps) to logits [N, K]
     * @param labels     I32 [N]
     */
    static LogProbGradient ofClassifier(BinaryOperator<Tensor> classifier, Tensor labels) {
        return (x, timesteps) -> {
            var device = x.device();
            try (var scope = device.scope(); var tape = device.tape()) {
                var image = x.detach();
                tape.watch(image);
                var logProbs = classifier.apply(image, timesteps).logSoftmax();
                var chosen = logProbs.mul(Embedding.oneHot(labels, logProbs.dim(1))).sum();
                return scope.escape(tape.gradient(chosen, image)[0]);
            }
        };
    }
}
