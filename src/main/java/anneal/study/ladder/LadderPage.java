package anneal.study.ladder;

import anneal.kernel.cuda.driver.KernelCounts;
import anneal.study.predict.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * One ladder climbed: every rung launched, compared with the reference, and counted or timed.
 *
 * @param name    of the ladder
 * @param problem    small enough to be compared with the reference
 * @param scale      how many times its work the large one has, which predictions are for and times are taken of
 * @param large      the large one's shape, for people
 * @param largeBytes what it has to move at least
 * @param largeOne   makes it
 */
record LadderPage(String name, Problem problem, double scale, String large, double largeBytes,
                  Supplier<Problem> largeOne) {
    private static final double BAR = 0.01;
    private static final int KIB = 1024;
    private static final double LEAST_SECONDS = 0.05;

    /**
     * What a rung did.
     *
     * @param refused why it cannot do this shape, or null
     * @param error   distance from the reference
     * @param seconds a launch, or 0 on the simulator
     */
    record Step(Rung rung, String refused, double error, KernelCounts counts, double seconds) {
        boolean isRight() {
            return refused != null || error < BAR;
        }
    }

    /**
     * Climbs.
     *
     * @param timed whether to take times, which mean something on a GPU only
     */
    List<Step> climb(boolean timed) {
        var steps = new ArrayList<Step>();
        var big = timed ? largeOne.get() : null;
        for (var rung : problem.rungs()) {
            problem.clear();
            KernelCounts.taken();
            try {
                rung.launch().run();
            } catch (IllegalArgumentException e) {
                steps.add(new Step(rung, e.getMessage(), 0, null, 0));
                continue;
            }
            var counts = KernelCounts.taken().stream().reduce(KernelCounts::plus).orElse(null);
            steps.add(new Step(rung, null, problem.error(), counts, timed ? seconds(big, big.rungs().get(steps.size())) : 0));
        }
        return steps;
    }

    /** Of one launch, among as many as take long enough; the device's stream is waited for at the end. */
    private static double seconds(Problem of, Rung rung) {
        rung.launch().run();
        for (int n = 1; ; n *= 4) {
            of.synchronize();
            long begin = System.nanoTime();
            for (int i = 0; i < n; i++) {
                rung.launch().run();
            }
            of.synchronize();
            double seconds = (System.nanoTime() - begin) * 1e-9;
            if (seconds > LEAST_SECONDS) {
                return seconds / n;
            }
        }
    }

    /** A section of Markdown. */
    String text(List<Step> steps) {
        boolean counted = steps.stream().anyMatch(s -> s.counts != null);
        boolean timed = steps.stream().anyMatch(s -> s.seconds > 0);
        var out = new StringBuilder("## %s: %s\n\n".formatted(name, problem.shape()));
        out.append("| rung | what is new | off by |");
        if (counted) {
            out.append(" asked, KiB | fetched, KiB | moved, KiB | passes | of them conflicts | barriers a block | on tensor cores |"
                    + " predicted, µs | bound by |");
        }
        out.append(timed ? " µs | TFLOP/s | GB/s |\n" : "\n");
        out.append("|---|---|---|").append(counted ? "---|---|---|---|---|---|---|---|---|" : "")
                .append(timed ? "---|---|---|\n" : "\n");
        steps.forEach(s -> out.append(line(s, counted, timed)).append('\n'));
        return out.append('\n').toString();
    }

    private String line(Step s, boolean counted, boolean timed) {
        var out = new StringBuilder("| `%s` | %s | %s |".formatted(s.rung.name(), s.rung.what(),
                s.refused != null ? s.refused : String.format(Locale.ROOT, "%.1e%s", s.error, s.isRight() ? "" : " **wrong**")));
        if (counted && s.counts == null) {
            out.append(" | | | | | | | | |");
        } else if (counted) {
            var c = s.counts;
            var p = prediction(s);
            out.append(String.format(Locale.ROOT, " %,d | %,d | %,d | %,d | %.0f %% | %d | %.0f %% | %.1f | %s |",
                    c.asked() / KIB, c.fetched() / KIB, c.moved() / KIB, c.passes(),
                    c.passes() == 0 ? 0 : 100.0 * (c.passes() - c.leastPasses()) / c.passes(),
                    c.barriers() / c.blocks(), 100 * Math.min(1, 2.0 * c.multiplyAdds() / problem.flops()), 1e6 * p.seconds(),
                    p.bound()));
        }
        if (timed) {
            out.append(s.seconds == 0 ? " | | |" : String.format(Locale.ROOT, " %.1f | %.1f | %.0f |", 1e6 * s.seconds,
                    1e-12 * scale * problem.flops() / s.seconds, 1e-9 * largeBytes / s.seconds));
        }
        return out.toString();
    }

    /** For the large shape, on an H100 that it fills. */
    Prediction prediction(Step s) {
        var c = s.counts;
        return Prediction.of(new Prediction.Work(Prediction.MULTIPROCESSORS, scale * c.fetched(), scale * c.moved(),
                scale * c.passes(), scale * c.multiplyAdds(), scale * problem.flops(), largeBytes, false));
    }
}
