package anneal.study.predict;

import anneal.io.Json;
import anneal.kernel.cuda.CudaBackend;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A prediction for every kernel that ships, and what a GPU measured beside it.
 *
 * @param device      where the walk was
 * @param emptyLaunch microseconds of a launch that does nothing, measured as the others; null without a GPU
 * @param rows        a kernel each
 * @param wrong       in a line each, what does not fit together: a kernel without a prediction, one that is launched
 *                    otherwise than it was counted; empty if all is well
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Predictions(String device, Double emptyLaunch, List<KernelRow> rows, List<String> wrong) {
    private static final String STORED = "predictions.json";

    /**
     * Walks through the catalogue: on a simulator that counts (tools/bench builds it) for new predictions, on the plain one
     * to see that every call runs and is launched as it was counted, on a GPU for the times beside the predictions.
     *
     * @param device sim or cuda
     * @throws IllegalArgumentException in one line, for a device that there is not
     */
    public static Predictions on(String device) {
        if (!device.equals("sim") && !device.equals("cuda")) {
            throw new IllegalArgumentException("--device " + device + ": kernels are predicted on sim and measured on cuda");
        }
        boolean sim = device.equals("sim");
        var missing = sim ? CudaBackend.simUnavailable() : CudaBackend.gpuUnavailable();
        if (missing.isPresent()) {
            throw new IllegalArgumentException("there is no " + device + " here: it " + missing.get());
        }
        return of(sim ? Walk.on(CudaBackend::sim, null) : Walk.on(CudaBackend::gpu, Walk.Timing.OF_A_GPU), device);
    }

    static Predictions of(Walk walk, String device) {
        var launches = walk.launches();
        var wrong = new ArrayList<String>();
        if (CudaBackend.simUnavailable().isEmpty()) {
            Catalogue.shipped().stream().filter(k -> !launches.containsKey(k))
                    .forEach(k -> wrong.add(k + " is launched by no call of the catalogue"));
        }
        if (launches.values().stream().allMatch(l -> l.counts() != null)) {
            return new Predictions(device, null, launches.values().stream().map(Launch::row).toList(), wrong);
        }
        var rows = new ArrayList<KernelRow>();
        for (var row : stored().rows) {
            var launch = launches.remove(row.kernel());
            if (launch == null || !row.isOf(launch)) {
                wrong.add(row.kernel() + (launch == null ? " has a prediction and is not launched"
                        : " was counted in another launch; count again"));
            } else {
                rows.add(row.with(launch.microseconds()));
            }
        }
        launches.keySet().forEach(k -> wrong.add(k + " has no prediction; count again"));
        return new Predictions(device, walk.emptyLaunch(), rows, wrong);
    }

    /** Those that were counted when this was built. */
    public static Predictions stored() {
        try (var in = Predictions.class.getResourceAsStream(STORED)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + STORED + " in this build");
            }
            return Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), Predictions.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As JSON. */
    public String json() {
        return Json.write(this) + "\n";
    }
}
