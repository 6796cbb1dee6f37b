package anneal.diffusion;

import anneal.tensor.Tensor;

/** What is done to an estimate of x_0 before the step is computed from it. */
@FunctionalInterface
public interface XstartFilter {
    Tensor apply(Tensor predXstart);

    /** The estimate as it is. */
    static XstartFilter none() {
        return x -> x;
    }

    /** Limits it to -1 .. 1, where images are. */
    static XstartFilter clip() {
        return x -> x.clamp(-1, 1);
    }

    /** This filter, then another one. */
    default XstartFilter then(XstartFilter next) {
        return x -> next.apply(apply(x));
    }
}
