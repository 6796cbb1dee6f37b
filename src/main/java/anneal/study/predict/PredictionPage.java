package anneal.study.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** Predictions as a page of Markdown, a table for each family. */
public final class PredictionPage {
    private static final double MIB = 1 << 20;

    private PredictionPage() {
    }

    /** @param head a line under the title: when, by which command */
    public static String of(Predictions p, String head) {
        boolean measured = p.emptyLaunch() != null;
        var families = new LinkedHashMap<String, List<KernelRow>>();
        p.rows().forEach(r -> families.computeIfAbsent(r.family(), f -> new ArrayList<>()).add(r));
        var out = new StringBuilder("# A time for every kernel\n\n").append(head).append("\n\n").append(LEGEND);
        if (measured) {
            out.append(String.format(Locale.ROOT, MEASURED, p.emptyLaunch()));
        }
        families.forEach((family, rows) -> {
            out.append("## ").append(Character.toUpperCase(family.charAt(0))).append(family.substring(1)).append("\n\n")
                    .append("| kernel | in | blocks x threads | asked, MiB | fetched, MiB | moved, MiB | passes, thousands | of them "
                            + "conflicts | on tensor cores, GFLOP | predicted, µs | bound by |")
                    .append(measured ? " measured, µs | times the prediction |" : "")
                    .append("\n|---|---|---|---|---|---|---|---|---|---|---|").append(measured ? "---|---|\n" : "\n");
            rows.forEach(r -> out.append(line(r)).append('\n'));
            out.append('\n');
        });
        return out.toString();
    }

    private static String line(KernelRow r) {
        var line = String.format(Locale.ROOT, "| `%s` | %s | %,d x %d | %.1f | %.1f | %.1f | %,.0f | %s | %s | %.1f | %s |",
                r.kernel(), r.call(), r.blocks(), r.threads(), r.asked() / MIB, r.fetched() / MIB,
                r.moved() / MIB, r.passes() / 1e3,
                r.passes() == 0 ? "" : "%.0f %%".formatted(100.0 * r.conflicts() / r.passes()),
                r.multiplyAdds() == 0 ? "" : String.format(Locale.ROOT, "%.2f", 2e-9 * r.multiplyAdds()), r.predicted(),
                r.bound());
        return r.measured() == null ? line
                : line + String.format(Locale.ROOT, " %.1f | %.1f |", r.measured(), r.measured() / r.predicted());
    }

    private static final String LEGEND = """
            Every kernel of `kernels/*.cu` that ships, in a call of an ADM UNet's forward pass or training step, and how long \
            an H100 SXM should take for it **at least**. Nothing of that was timed. The simulator ran 8 blocks of each launch, \
            spread over its grid, and counted what they ask of memory, of shared memory's banks and of tensor cores; the launch \
            is taken to do as much with all its blocks. A GPU's times are put beside these by \
            `tools/anneal bench predict --device cuda`.

            - **asked**: bytes of device memory that the threads read and write. **fetched**: those of the sectors of 32 bytes \
            that each block touches, which is what a perfect cache of its own would fetch. **moved**: those of the sectors that \
            each instruction of a warp touches.
            - **passes** over the 32 banks of shared memory; **conflicts** are those that would not be if no two lanes wanted \
            different words of one bank.
            - **predicted**: the longest of memory (every operand once, over 3.35 TB/s; of kernels that only pass on what \
            others left, all that they fetch), second cache (what is fetched, over 5.5 TB/s or, of few blocks, 64 bytes a clock of \
            1.755 GHz and multiprocessor), first cache (what is moved, 128 bytes a clock and multiprocessor), shared memory \
            (passes, one a clock and multiprocessor), tensor cores (989 TFLOP/s in \
            bfloat16, half of that in tf32), float32 (the rest of the direct way's operations, over 67 TFLOP/s; counted for \
            products, convolutions and attention only) and launch. Fewer blocks than 132 leave multiprocessors idle. \
            The peaks are the data sheet's, the bytes a clock those of NVIDIA's description of the architecture; the 5.5 TB/s \
            were measured by others.
            - **launch**: 2 µs, whatever a kernel does. This is an assumption; the comparison on a GPU measures it.
            - Operands are taken to come from memory, and blocks to share nothing in a first-level cache. Not in it: latencies, \
            the exponentials of softmax and of activations, several launches side by side, and the bytes of partial sums \
            that go to memory and come back.

            """;

    private static final String MEASURED = """
            **measured**: the median of 21 launches between two device events, each after 128 MiB were overwritten, so that \
            operands come from memory and the launch's cost on the host is hidden. A launch that does nothing took %.1f µs.

            """;
}
