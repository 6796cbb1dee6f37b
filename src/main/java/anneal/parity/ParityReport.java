package anneal.parity;

import anneal.parity.CaseResult.Status;
import java.util.ArrayList;
import java.util.List;

/** The results of a run, and how they are told. */
public final class ParityReport {
    private final List<CaseResult> results = new ArrayList<>();

    void add(CaseResult result) {
        results.add(result);
    }

    public List<CaseResult> results() {
        return List.copyOf(results);
    }

    public long count(Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }

    /** True when there was something to run and all of it passed. */
    public boolean allPassed() {
        return !results.isEmpty() && count(Status.OK) == results.size();
    }

    /**
     * One line: name, kind, worst error over its tolerance, status, and what is behind it.
     *
     * @param strict also give the relative norm
     */
    public static String line(CaseResult r, boolean strict) {
        var measured = r.comparisons().isEmpty() ? "-" : "%.2g".formatted(r.worst());
        var relative = r.comparisons().isEmpty() ? "-" : "%.1e".formatted(r.relativeNorm());
        var norm = strict ? " %9s".formatted(relative) : "";
        var behind = r.reason().isEmpty() ? r.worstTensor() : r.reason();
        return "%-47s %-18s %9s%s  %-11s %s".formatted(r.name(), r.kind(), measured, norm, r.status(), behind).strip();
    }

    /** The last line. */
    public String summary() {
        return "%d passed, %d failed, %d unsupported".formatted(
                count(Status.OK), count(Status.FAIL), count(Status.UNSUPPORTED));
    }
}
