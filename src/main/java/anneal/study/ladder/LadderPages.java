package anneal.study.ladder;

import anneal.kernel.Precision;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.CudaOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;

/** All the ladders that were asked for, as one page. */
public final class LadderPages {
    /** The ladders. */
    public static final List<String> NAMES = List.of("gemm", "conv", "norm", "attention");

    private final boolean sim;
    private final List<String> names;
    private boolean right = true;

    /**
     * @param device sim or cuda
     * @throws IllegalArgumentException in one line, for a device or a ladder that there is not
     */
    public LadderPages(String device, List<String> names) {
        if (!device.equals("sim") && !device.equals("cuda")) {
            throw new IllegalArgumentException("--device " + device + ": a ladder is climbed on sim or cuda");
        }
        sim = device.equals("sim");
        var missing = sim ? CudaBackend.simUnavailable() : CudaBackend.gpuUnavailable();
        if (missing.isPresent()) {
            throw new IllegalArgumentException("there is no " + device + " here: it " + missing.get());
        }
        for (var name : names) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("there is no ladder '" + name + "': use " + String.join(", ", NAMES));
            }
        }
        this.names = List.copyOf(names);
    }

    /**
     * Climbs them.
     *
     * @param page beside which the charts are written; null for none
     * @param say  takes a line for people, if charts cannot be drawn
     */
    public String climb(String command, String commit, Path page, Consumer<String> say) throws IOException {
        var out = new StringBuilder("# Ladders of kernels\n\n");
        var options = new CudaOptions(Runtime.getRuntime().availableProcessors(), false, Precision.BF16, false);
        try (var device = sim ? CudaBackend.sim(options) : CudaBackend.gpu(options)) {
            out.append("%s%s, on %s, by `%s`.\n\n".formatted(LocalDate.now(), commit.isEmpty() ? "" : ", commit " + commit,
                    device.description(), command));
            if (sim) {
                out.append(LEGEND);
            }
            for (var name : names) {
                var ladder = ladder(name, device);
                var steps = ladder.climb(!sim);
                right &= steps.stream().allMatch(LadderPage.Step::isRight);
                out.append(ladder.text(steps));
                if (!sim || steps.stream().anyMatch(s -> s.counts() != null)) {
                    out.append("%s for %s.\n\n".formatted(sim ? "Predicted" : "Timed", ladder.large()));
                }
                if (page != null) {
                    var png = page.resolveSibling(page.getFileName().toString().replaceFirst("\\.md$", "") + "-" + name + ".png");
                    try {
                        LadderChart.write(ladder, steps, png);
                        out.append("![](").append(png.getFileName()).append(")\n\n");
                    } catch (LinkageError | InternalError e) {
                        // java.desktop may be left out, or miss a font.
                        say.accept(png + " cannot be drawn here: " + e);
                    }
                }
            }
        }
        return out.toString();
    }

    /** Whether every rung so far computed what the reference does. */
    public boolean allRight() {
        return right;
    }

    private static LadderPage ladder(String name, CudaBackend device) {
        return switch (name) {
            case "gemm" -> new LadderPage(name, new GemmProblem(device, 128, 128, 128), 32 * 32 * 32, "4096 cubed",
                    6.0 * 4096 * 4096, () -> new GemmProblem(device, 4096, 4096, 4096));
            case "conv" -> new LadderPage(name, new ConvProblem(device, 1, 16, 8, 64, 64), 256 * 2 * 2,
                    "32x32x32x128 to 128 channels", 2.0 * (2 * 32 * 32 * 32 * 128 + 9 * 128 * 128),
                    () -> new ConvProblem(device, 32, 32, 32, 128, 128));
            case "norm" -> new LadderPage(name, new NormProblem(device, 1, 16, 16, 128), 32 * 4, "32x32x32x128",
                    4.0 * 32 * 32 * 32 * 128, () -> new NormProblem(device, 32, 32, 32, 128));
            default -> new LadderPage(name, new AttentionProblem(device, 1, 128, 64), 32 * 32 * 32,
                    "32 heads, T = 4096, d = 64", 8.0 * 32 * 4096 * 64, () -> new AttentionProblem(device, 32, 4096, 64));
        };
    }

    private static final String LEGEND = """
            Nothing here was timed: the simulator counts, and an H100's data sheet says what that takes at least.

            - **asked**: bytes of device memory that the threads read and write. **fetched**: those of the sectors of 32 bytes \
            that each block touches, which is what a perfect cache of its own would fetch. **moved**: those of the sectors that \
            each instruction of a warp touches.
            - **passes** over the 32 banks of shared memory; **conflicts** are those that would not be if no two lanes wanted \
            different words of one bank.
            - **predicted**: the longest of what has to be moved at least over memory's bandwidth (3.35 TB/s), what is fetched \
            over the second-level cache's (5.5 TB/s), what is moved over the first-level caches' (128 bytes a clock and \
            multiprocessor), passes over 132 x 1.755 GHz, arithmetic on tensor cores over 989 TFLOP/s and off them over 67 \
            TFLOP/s. A lower bound, to be held against a measurement where there is a GPU: what a rung \
            takes beyond it is latency.
            - **ships** chooses its tiles by size, and takes small ones for problems as small as these.

            """;
}
