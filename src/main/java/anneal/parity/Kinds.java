package anneal.parity;

import java.util.Map;

/** Which runner computes which kind of case. */
final class Kinds {
    private static final Map<String, CaseRunner> RUNNERS = Map.ofEntries(
            Map.entry("op", new OpKind()));

    private Kinds() {
    }

    /** The runner of a kind, or null if it is not known. */
    static CaseRunner find(String kind) {
        return RUNNERS.get(kind);
    }
}
