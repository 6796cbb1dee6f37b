package anneal.parity;

import java.util.HashMap;
import java.util.Map;

/** Which runner computes which kind of case. */
final class Kinds {
    private static final Map<String, CaseRunner> RUNNERS = all();

    private Kinds() {
    }

    /** The runner of a kind, or null if it is not known. */
    static CaseRunner find(String kind) {
        return RUNNERS.get(kind);
    }

    private static Map<String, CaseRunner> all() {
        var kinds = new HashMap<String, CaseRunner>();
        kinds.put("op", new OpKind());
        kinds.put("timestep_embedding", new EmbeddingKind());
        kinds.put("resampler", new ResamplerKind());
        kinds.put("losses_fn", new LossFunctionKind());
        ScheduleKinds.addTo(kinds);
        ProcessKinds.addTo(kinds);
        OptimizerKinds.addTo(kinds);
        return Map.copyOf(kinds);
    }
}
