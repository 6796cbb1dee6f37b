package anneal.bench.peer;

import java.util.List;
import java.util.Locale;

/**
 * A whole run.
 *
 * @param commit      of the sources, or empty if unknown
 * @param device      ours, in words
 * @param loadAtEnd   as {@link Machine#loadNow}
 */
public record Report(String date, String command, String commit, Machine machine, double loadAtEnd, String device,
                     int threads, TorchPeer.Hello peer, Effort effort, List<Outcome> outcomes,
                     List<PeakMemory.Peak> memory) {
    private static final double MILLIS = 1e3;
    private static final double MIB = 1 << 20;
    /** Of the machine before the run begins: more than this, and somebody else is at work. */
    private static final double QUIET = 0.7;

    /** As a page of {@code docs/benchmarks}. */
    public String toMarkdown() {
        var out = new StringBuilder();
        line(out, "# The CPU, beside PyTorch");
        line(out, "");
        if (machine.load() > QUIET) {
            line(out, "**The machine was busy with other work, so the medians below say little**: PyTorch's threads"
                    + " wait for one another by spinning and suffer more from that than ours, and long calls more than"
                    + " short ones. Only the column \"of the fastest\" means something."
                    + " Run it again when it is quiet.");
            line(out, "");
        }
        line(out, "Made by one command, which runs both sides alternately in the same minutes, on the same numbers:");
        line(out, "");
        line(out, "    %s", command);
        line(out, "");
        line(out, "- %s%s; load average %.2f at the start, %.2f at the end (this run is in the second).", date,
                commit.isEmpty() ? "" : ", commit " + commit, machine.load(), loadAtEnd);
        line(out, "- %s, %d processors, %s.", machine.processor(), machine.processors(), machine.system());
        line(out, "- Ours: %s; %s.", device, machine.java());
        line(out, "- PyTorch %s (%s, threads: %d), Python %s; float32, channels last, %s.", peer.torch(),
                peer.capability(), peer.threads(), peer.python(), compilers());
        line(out, "- %d rounds of about %s s a side. Times: the median of the rounds' medians, then the fastest call"
                + " and the slowest round.", effort.rounds(), effort.turnSeconds());
        line(out, "- Ratio: our time / PyTorch's, so less than 1 is faster; with its spread over the rounds, and that"
                + " of the fastest calls.");
        line(out, "- Difference: ||ours - PyTorch|| / ||PyTorch|| of the worst tensor that came out.");
        line(out, "- Rates count the direct algorithm's arithmetic, or the bytes that have to move at least.");
        line(out, "");
        operations(out);
        memory(out);
        return out.toString();
    }

    private String compilers() {
        if (!effort.compile()) {
            return "eager only";
        }
        return peer.compiler() == null ? "eager only, for there is no C++ compiler"
                : "the faster of eager and torch.compile (" + peer.compiler() + ")";
    }

    private void operations(StringBuilder out) {
        line(out, "| what | ours, ms | PyTorch, ms | ratio | of the fastest | ours | PyTorch | its way | difference |");
        line(out, "|---|---|---|---|---|---|---|---|---|");
        for (var o : outcomes) {
            line(out, "| %s | %s | %s | %s | %.2f | %s %s | %s | %s | %s%s |",
                    label(o), millis(o.ours()), millis(o.peer()),
                    text("**%.2f** (%.2f..%.2f)", o.ratio().median(), o.ratio().min(), o.ratio().max()),
                    o.ratioOfBest(), figure(o.ourRate()), o.unit(), figure(o.peerRate()), o.choice().variant(),
                    text("%.0e", o.error()), o.agrees() ? "" : " WRONG");
        }
    }

    private static String label(Outcome o) {
        return o.parameters() == null ? o.name() : o.name() + text(" (%.1f M)", o.parameters() / 1e6);
    }

    private void memory(StringBuilder out) {
        if (memory.isEmpty()) {
            return;
        }
        line(out, "");
        line(out, "Peak resident memory of a fresh process that does one thing (eager on PyTorch's side), MiB:");
        line(out, "");
        line(out, "| what | ours | of it tensors | PyTorch |");
        line(out, "|---|---|---|---|");
        for (var p : memory) {
            line(out, "| %s | %.0f | %.0f | %.0f |", p.name(), p.ours() / MIB, p.oursDevice() / MIB, p.peer() / MIB);
        }
    }

    /** A line for the terminal, when the item is done. */
    static String progress(Outcome o) {
        return text("%-44s %s ms, PyTorch %s ms (%s), ratio %.2f (of the fastest %.2f), difference %.0e%s", o.name(),
                millis(o.ours()), millis(o.peer()), o.choice().variant(), o.ratio().median(), o.ratioOfBest(),
                o.error(), o.agrees() ? "" : " WRONG");
    }

    private static String millis(Series s) {
        return text("%s (%s..%s)", figure(s.median() * MILLIS), figure(s.min() * MILLIS), figure(s.max() * MILLIS));
    }

    /** Three digits. */
    private static String figure(double value) {
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        return text("%." + decimals + "f", value);
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(text(format, arguments)).append('\n');
    }
}
