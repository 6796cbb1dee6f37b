package anneal.sample;

import anneal.data.Pixels;
import anneal.io.ByteImage;
import anneal.io.ImageGrid;
import anneal.sample.Restoration.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The picture of restored images: a row for each, its stages side by side, and below them how good they are. */
public record RestorationSheet(Restoration.Result result) {
    /** Structural similarity needs a window of so many pixels. */
    private static final int WINDOW = 11;
    private static final int COMFORTABLE_SIDE = 160;

    /** Draws it. */
    public ByteImage draw() {
        int size = result.size();
        int bytes = size * size * result.channels();
        var stages = List.copyOf(result.images().keySet());
        int count = result.images().get(Stage.ORIGINAL).length / bytes;
        var pixels = new byte[count * stages.size() * bytes];
        var cells = new String[count * stages.size()];
        for (int k = 0; k < stages.size(); k++) {
            var labels = labels(stages.get(k), count);
            for (int i = 0; i < count; i++) {
                int cell = i * stages.size() + k;
                Pixels.tensorToImage(result.images().get(stages.get(k)), i * bytes, pixels, cell * bytes, bytes);
                cells[cell] = labels.get(i);
            }
        }
        return ImageGrid.of(stages.size()).withScale(scale(size))
                .withColumnLabels(stages.stream().map(RestorationSheet::name).toList()).withCellLabels(List.of(cells))
                .draw(pixels, count * stages.size(), size, size, result.channels());
    }

    /** By how much images of this size are enlarged, to be seen. */
    public static int scale(int size) {
        return Math.max(1, COMFORTABLE_SIDE / size);
    }

    private List<String> labels(Stage stage, int count) {
        var labels = new ArrayList<String>();
        if (stage == Stage.ORIGINAL) {
            for (int i = 0; i < count; i++) {
                labels.add(hasSsim(result.size()) ? "RMSE / SSIM" : "RMSE");
            }
            return labels;
        }
        var similarity = result.similarity(stage);
        var rmse = similarity.rmsePerImage();
        var ssim = hasSsim(result.size()) ? similarity.ssimPerImage() : null;
        for (int i = 0; i < count; i++) {
            labels.add(String.format(Locale.ROOT, "%.3f", rmse[i])
                    + (ssim == null ? "" : String.format(Locale.ROOT, " / %.2f", ssim[i])));
        }
        return labels;
    }

    /** Whether images are large enough for structural similarity. */
    public static boolean hasSsim(int size) {
        return size >= WINDOW;
    }

    /** As people write it: algorithm 2. */
    public static String name(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
