package anneal.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line of a run's log. */
final class LogLine {
    static final String GRADIENT_NORM = "grad_norm";
    static final String PARAMETER_NORM = "param_norm";
    private static final int QUARTILES = 4;

    private LogLine() {
    }

    /** The columns that a run's log can have. */
    static List<String> columns(TrainingConfig config) {
        List<String> out = new ArrayList<>(List.of("step", "samples", "seconds", "lr"));
        for (String name : losses(config)) {
            out.add(name);
            for (int q = 0; q < QUARTILES; q++) {
                out.add(name + "_q" + q);
            }
        }
        out.addAll(List.of(GRADIENT_NORM, PARAMETER_NORM));
        return out;
    }

    /** The losses that a step can tell. */
    static List<String> losses(TrainingConfig config) {
        if (config.classifier() != null) {
            return List.of(MicroBatch.LOSS, Objective.ACCURACY);
        }
        return config.unet() != null && config.unet().learnedVariance()
                ? List.of(MicroBatch.LOSS, Objective.MSE, Objective.VB) : List.of(MicroBatch.LOSS);
    }

    /**
     * @param step    steps done
     * @param seconds of training so far
     * @param means   from {@link LossMeter#drain}
     */
    static Map<String, Object> of(int step, TrainingConfig config, double seconds, double learningRate,
                                  Map<String, Object> means) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("step", step);
        out.put("samples", (long) step * config.optimization().batch());
        out.put("seconds", Math.round(seconds * 1000) / 1000.0);
        out.put("lr", learningRate);
        out.putAll(means);
        return out;
    }
}
