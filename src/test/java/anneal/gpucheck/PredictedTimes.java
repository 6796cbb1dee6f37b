package anneal.gpucheck;

import anneal.study.predict.PredictionPage;
import anneal.study.predict.Predictions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;

/** Every kernel launched on a shape of a UNet, and on a GPU timed beside what it should take at least. */
final class PredictedTimes {
    /** Times the prediction beyond which a kernel is named in the report. */
    private static final double SLOW = 10;

    private PredictedTimes() {
    }

    static void run(Context c) throws IOException {
        long start = System.nanoTime();
        var p = Predictions.on(c.device());
        double seconds = (System.nanoTime() - start) * 1e-9;
        Files.writeString(c.out().resolve("predictions.md"), PredictionPage.of(p, "By `gpu-check predictions`, on "
                + c.device() + "."));
        Files.writeString(c.out().resolve("predictions.json"), p.json());
        p.wrong().forEach(line -> c.findings().add(Finding.failed("predictions", line)));
        for (var r : p.rows()) {
            c.findings().add(new Finding(r.kernel(), Finding.Status.OK, "", 0));
            if (r.measured() != null && r.measured() > SLOW * r.predicted()) {
                c.findings().add(Finding.note(r.kernel(), String.format(Locale.ROOT, "%.1f µs, predicted %.1f (%s): %s",
                        r.measured(), r.predicted(), r.bound(), r.call())));
            }
        }
        c.findings().add(new Finding("predictions", p.wrong().isEmpty() ? Finding.Status.OK : Finding.Status.FAIL,
                p.rows().size() + " kernels, predictions.md", seconds));
    }
}
