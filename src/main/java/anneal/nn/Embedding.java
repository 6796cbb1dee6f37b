package anneal.nn;

import anneal.tensor.Tensor;

/** A learned vector for each of a number of classes. */
public final class Embedding extends Module {
    private final Parameter weight;

    public Embedding(int classes, int width) {
        weight = parameter("weight", WeightLayout.PLAIN, Initialiser.normal(1), classes, width);
    }

    /**
     * @param index I32 [N], each in 0..classes-1
     * @return [N, width]
     */
    public Tensor forward(Tensor index) {
        return anneal.tensor.Embedding.embedding(weight.value(), index);
    }
}
