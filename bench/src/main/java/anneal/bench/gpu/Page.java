package anneal.bench.gpu;

import java.util.List;
import java.util.Locale;

/** Stages' results as a page of docs/benchmarks. */
final class Page {
    private static final double TERA = 1e12;
    private static final double GIGA = 1e9;
    private static final double MILLIS = 1e3;

    private final StringBuilder out = new StringBuilder();

    private Page() {
    }

    /** @param charts by stage in the same order, a picture's name, or an empty one for none */
    static String of(List<StageReport> stages, List<String> charts) {
        var page = new Page();
        page.head(stages);
        for (int i = 0; i < stages.size(); i++) {
            page.stage(stages.get(i), charts.get(i));
        }
        return page.out.toString();
    }

    private void head(List<StageReport> stages) {
        line("# Beside cuBLAS, cuDNN and PyTorch on one GPU");
        line("");
        line("Times are milliseconds of one call by the device's events, with its second-level cache flushed before each:"
                + " the median (fastest..slowest). Clocks are as found, nothing was set.");
        line("Everything is stored in bfloat16; a training step is bfloat16 with float32 parameters on both sides,"
                + " PyTorch's by autocast. Networks have no dropout, so that both sides do the same work.");
        line("**Ratio** is our speed over theirs in the same run, so more than 1 is faster: theirs is the fastest"
                + " of the others that is not wrong, for normalisations a copy of as many bytes.");
        line("The floor is the larger of arithmetic and memory traffic, over what this run measured at most.");
        line("Off: ||computed - truth|| / ||truth||, over all numbers of a small tensor and an even sample of a large one,"
                + " a network's gradients taken together; WRONG where that is more than rounding, and then the time does"
                + " not count.");
        line("");
    }

    private void stage(StageReport s, String chart) {
        line("## %s", s.stage());
        line("");
        line("- %s%s: `%s`, %.0f s.", s.date(), s.commit().isEmpty() ? "" : ", commit " + s.commit(), s.command(),
                s.seconds());
        line("- %s. Ours: %s.",
                s.gpu().isEmpty() ? "No GPU: figures of the simulator say nothing about speed" : s.gpu(),
                s.device());
        line("- Libraries: %s. PyTorch: %s.", s.libraries(), s.torch());
        line("- At most %.1f TFLOP/s (%s) and %.0f GB/s (%s).", s.peaks().flops() / TERA, s.peaks().flopsFrom(),
                s.peaks().bytes() / GIGA, s.peaks().bytesFrom());
        line("- Aimed at: %s.", s.target());
        line("");
        if (!chart.isEmpty()) {
            line("![our speed over theirs](%s)", chart);
            line("");
        }
        table(s);
        notes(s);
    }

    private void table(StageReport s) {
        var names = s.rows().stream().flatMap(r -> r.sides().stream()).map(Side::name).distinct().toList();
        line("| what | floor | %s | ratio | aimed at | ours | off |", String.join(" | ", names));
        line("|---|---|%s---|---|---|---|", "---|".repeat(names.size()));
        for (var row : s.rows()) {
            var cells = new StringBuilder("| ").append(row.name()).append(" | ").append(floor(row));
            for (var name : names) {
                cells.append(" | ").append(row.sides().stream().filter(side -> side.name().equals(name)).findFirst()
                        .map(Page::time).orElse(""));
            }
            cells.append(" | ").append(ratio(row)).append(" | ").append(row.target() > 0 ? row.target() : "")
                    .append(" | ").append(rate(row)).append(" | ").append(off(row)).append(" |");
            line("%s", cells);
        }
        line("");
    }

    private static String floor(Row row) {
        return row.floorMs() == 0 ? "" : Figures.digits(row.floorMs()) + " " + row.boundBy();
    }

    private static String time(Side side) {
        if (side.ms() == null) {
            return side.right() ? "-" : "**FAILED**";
        }
        return "%s (%s..%s)%s".formatted(Figures.digits(side.ms().median()), Figures.digits(side.ms().min()),
                Figures.digits(side.ms().max()), side.right() ? "" : " **WRONG**");
    }

    private static String ratio(Row row) {
        if (Double.isNaN(row.ratio())) {
            return "";
        }
        boolean reached = row.target() == 0 || row.ratio() >= row.target();
        return text(reached ? "%.2f" : "%.2f, short", row.ratio());
    }

    /** What our time makes of the work: arithmetic where that is the floor, else traffic. */
    private static String rate(Row row) {
        return row.ours().map(ours -> {
            double seconds = ours.ms().median() / MILLIS;
            return row.boundBy().equals("arithmetic") ? text("%.1f TFLOP/s", row.flops() / seconds / TERA)
                    : text("%.0f GB/s", row.bytes() / seconds / GIGA);
        }).orElse("");
    }

    private static String off(Row row) {
        return row.sides().stream().filter(s -> s.name().equals(Side.OURS) && s.error() != null).findFirst()
                .map(s -> text("%.1e", s.error())).orElse("not compared");
    }

    /** What stands in no cell. */
    private void notes(StageReport s) {
        for (var row : s.rows()) {
            for (var side : row.sides()) {
                if (!side.note().isEmpty() || !side.right()) {
                    line("- %s, %s: %s%s", row.name(), side.name(), side.note(),
                            side.right() || side.error() == null ? "" : text(" off by %.1e from %s", side.error(), row.truth()));
                }
            }
        }
        var clocks = s.rows().stream().filter(r -> !r.clocks().isEmpty())
                .map(r -> r.name() + " " + r.clocks()).toList();
        if (!clocks.isEmpty()) {
            line("- Clocks: %s.", String.join("; ", clocks));
        }
        if (!s.notReached().isEmpty()) {
            line("- No time was left for: %s.", String.join(", ", s.notReached()));
        }
        line("");
    }

    private void line(String format, Object... arguments) {
        out.append(text(format, arguments)).append('\n');
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
