package anneal.cli;

import anneal.data.Pixels;
import anneal.diffusion.SamplingStep;
import anneal.io.ByteImage;
import anneal.io.ImageGrid;
import anneal.sample.Restoration;
import anneal.sample.Restoration.Stage;
import anneal.sample.RestorationSheet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The figure that explains Cold Diffusion: one image on its way back from the worst level, by Algorithm 1 and by
 * Algorithm 2, with what the network takes for the clean image at each step.
 */
final class RestorationStrip implements Restoration.Listener {
    private static final int MOST_COLUMNS = 9;

    private final int size;
    private final int channels;
    private final Map<Stage, List<Frame>> frames = new EnumMap<>(Stage.class);

    /**
     * @param level  that {@code x} has
     * @param clean  the estimate that led there
     */
    private record Frame(int level, float[] x, float[] clean) {
    }

    RestorationStrip(int size, int channels) {
        this.size = size;
        this.channels = channels;
    }

    @Override
    public void step(Stage stage, SamplingStep step) {
        int bytes = size * size * channels;
        frames.computeIfAbsent(stage, s -> new ArrayList<>()).add(new Frame(step.timestep() - 1,
                Arrays.copyOf(step.x().toFloats(), bytes), Arrays.copyOf(step.predXstart().toFloats(), bytes)));
    }

    /**
     * Rows of what x and the estimates are at evenly spaced levels, x_0 last.
     *
     * @param result what the steps led to
     */
    ByteImage draw(Restoration.Result result) {
        int level = result.level();
        int columns = Math.min(MOST_COLUMNS, level + 1);
        var levels = new int[columns];
        Arrays.setAll(levels, k -> columns == 1 ? level : Math.round(level * (1 - (float) k / (columns - 1))));
        int bytes = size * size * channels;
        var pixels = new byte[2 * frames.size() * columns * bytes];
        var rows = new ArrayList<String>();
        for (var stage : frames.keySet()) {
            for (int k = 0; k < columns; k++) {
                int at = (rows.size() * columns + k) * bytes;
                Pixels.tensorToImage(x(stage, levels[k], result), 0, pixels, at, bytes);
                Pixels.tensorToImage(estimate(stage, Math.max(0, levels[k] - 1)), 0, pixels, at + columns * bytes, bytes);
            }
            rows.add(RestorationSheet.name(stage) + ": x");
            rows.add("R(x, s)");
        }
        return ImageGrid.of(columns).withScale(Math.max(1, RestorationSheet.scale(size) / 2)).withRowLabels(rows)
                .withColumnLabels(Arrays.stream(levels).mapToObj(s -> "s = " + s).toList())
                .draw(pixels, rows.size() * columns, size, size, channels);
    }

    private float[] x(Stage stage, int level, Restoration.Result result) {
        return level == result.level() ? result.images().get(Stage.DEGRADED)
                : frame(stage, level).x;
    }

    /** Made from the image one level above; at the end, what led to x_0. */
    private float[] estimate(Stage stage, int level) {
        return frame(stage, level).clean;
    }

    private Frame frame(Stage stage, int level) {
        return frames.get(stage).stream().filter(f -> f.level == level).findFirst().orElseThrow();
    }

    /** Whether an algorithm took a step. */
    boolean isEmpty() {
        return frames.isEmpty();
    }
}
