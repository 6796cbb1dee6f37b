package anneal.parity;

import java.util.Comparator;
import java.util.List;

/**
 * What came of one case.
 *
 * @param reason      why it failed or is not supported; empty if it passed
 * @param comparisons of its tensors; empty when it was not run or had to be refused
 * @param seconds     time it took to compute
 */
public record CaseResult(String name, String kind, Status status, String reason, List<Comparison> comparisons,
                         double seconds) {
    /** As printed. */
    public enum Status {
        OK, FAIL, UNSUPPORTED;

        @Override
        public String toString() {
            return this == OK ? "ok" : name();
        }
    }

    /** The largest error over its tolerance, 0 if nothing was compared. */
    public double worst() {
        return comparisons.stream().mapToDouble(Comparison::worst).max().orElse(0);
    }

    /** The largest relative norm of an error among the tensors that have a bar for it. */
    public double relativeNorm() {
        return comparisons.stream().filter(Comparison::isStrict).mapToDouble(Comparison::relativeNorm).max().orElse(0);
    }

    /** Name of the tensor that comes closest to failing, or empty. */
    public String worstTensor() {
        return comparisons.stream().max(Comparator.comparingDouble(Comparison::overBar)).map(Comparison::tensor)
                .orElse("");
    }
}
