package anneal.parity;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which runner computes which kind of case. */
final class Kinds {
    private static final Map<String, CaseRunner> RUNNERS = all();

    /** Computed on the host in float64 on any device; the manifest knows how well their algorithms can do. */
    private static final Set<String> OWN_BARS = Set.of("eval_fid", "eval_is", "eval_pr");

    private Kinds() {
    }

    /** The runner of a kind, or null if it is not known. */
    static CaseRunner find(String kind) {
        return RUNNERS.get(kind);
    }

    /** Whether float64's bars hold for a kind on the reference device; otherwise only the manifest's do. */
    static boolean isStrict(String kind) {
        return !OWN_BARS.contains(kind);
    }

    private static Map<String, CaseRunner> all() {
        var kinds = new HashMap<String, CaseRunner>();
        kinds.put("op", new OpKind());
        kinds.put("timestep_embedding", new EmbeddingKind());
        kinds.put("resampler", new ResamplerKind());
        kinds.put("losses_fn", new LossFunctionKind());
        ScheduleKinds.addTo(kinds);
        ProcessKinds.addTo(kinds);
        NetworkKinds.addTo(kinds);
        RestorationNetworkKinds.addTo(kinds);
        ColdDataKinds.addTo(kinds);
        SamplingKinds.addTo(kinds);
        OptimizerKinds.addTo(kinds);
        kinds.put("train_steps", new TrainStepsKind());
        MetricKinds.addTo(kinds);
        PictureKinds.addTo(kinds);
        ColdDegradationKinds.addTo(kinds);
        ColdSamplingKinds.addTo(kinds);
        ColdTrainingKinds.addTo(kinds);
        kinds.put("coldgen", new ColdGenerationKind());
        return Map.copyOf(kinds);
    }
}
