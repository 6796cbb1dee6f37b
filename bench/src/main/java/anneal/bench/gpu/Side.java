package anneal.bench.gpu;

import anneal.bench.peer.Series;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * How fast one of those who can compute an item does.
 *
 * @param name  ours, "ours, graph", cuBLAS, cuDNN, copy, or PyTorch and the way that it was told to take
 * @param ms    milliseconds of a call: median, fastest, slowest; null if it was not timed
 * @param calls how many that is of
 * @param error ||computed - truth|| / ||truth||; null if nothing was compared
 * @param right whether that is rounding; true if nothing was compared
 * @param note  why it was not timed, or what else there is to say; empty for nothing
 */
record Side(String name, Series ms, int calls, Double error, boolean right, String note) {
    static final String OURS = "ours";
    static final String OURS_GRAPH = "ours, graph";
    static final String COPY = "copy";

    static Side timed(String name, List<Double> ms, Double error, boolean right, String note) {
        return new Side(name, Series.of(ms), ms.size(), error, right, note);
    }

    static Side failed(String name, String why) {
        return new Side(name, null, 0, null, true, why);
    }

    static Side wrong(String name, String why) {
        return new Side(name, null, 0, null, false, why);
    }

    /** Whether its time may stand beside others'. */
    @JsonIgnore
    boolean counts() {
        return ms != null && right;
    }

    @JsonIgnore
    boolean isOurs() {
        return name.equals(OURS) || name.equals(OURS_GRAPH);
    }

    @JsonIgnore
    boolean isLibrary() {
        return !isOurs() && !name.equals(COPY);
    }
}
