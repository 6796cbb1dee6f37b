package anneal.study;

import anneal.data.ImageDataset;
import anneal.sample.ImageClassifier;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** How often a classifier is right: of clean images on them as they are, of noised images at several timesteps. */
public record ClassifierEvaluation(Device device, ImageClassifier classifier, ImageDataset data) {
    /**
     * One figure.
     *
     * @param t        timestep whose noise the images had; 0 for a classifier of clean images, which had none
     * @param accuracy share of all images
     * @param byClass  share of each class's images; NaN where there are none
     */
    public record Line(int t, double accuracy, List<Double> byClass) {
    }

    /** @throws IllegalArgumentException in one line, if the classifier does not fit the data */
    public ClassifierEvaluation {
        boolean fits = data.height() == classifier.imageSize() && data.width() == classifier.imageSize()
                && data.channels() == classifier.channels() && data.classes() == classifier.classes();
        if (!fits) {
            throw new IllegalArgumentException(("the classifier knows %dx%dx%d images of %d classes, the data set has "
                    + "%dx%dx%d of %d: %s").formatted(classifier.imageSize(), classifier.imageSize(),
                            classifier.channels(), classifier.classes(), data.height(), data.width(), data.channels(),
                            data.classes(), data.description()));
        }
    }

    /** Timesteps that are looked at: 0, and a tenth, a quarter, a half and three quarters of the process. */
    public List<Integer> timesteps() {
        if (classifier.isForCleanImages()) {
            return List.of(0);
        }
        int all = classifier.diffusion().steps();
        return IntStream.of(0, all / 10, all / 4, all / 2, (int) (all * 3L / 4)).distinct().boxed().toList();
    }

    /**
     * Looks at the first images of the data set.
     *
     * @param count    of images; at most as many as there are
     * @param seed     of the noise
     * @param progress told how many images are done, over all timesteps
     * @throws java.util.concurrent.CancellationException if {@code cancelled} says so
     */
    public List<Line> run(int count, long seed, IntConsumer progress, BooleanSupplier cancelled) throws IOException {
        int n = Math.min(count, data.size());
        int[] labels = IntStream.range(0, n).map(data::label).toArray();
        var lines = new ArrayList<Line>();
        for (int t : timesteps()) {
            int before = lines.size() * n;
            var judge = new Judge(device, classifier, done -> progress.accept(before + done), cancelled);
            var verdict = judge.look(data::copyImage, n, t, seed);
            lines.add(new Line(t, verdict.share(labels), byClass(verdict.predicted(), labels)));
        }
        return lines;
    }

    private List<Double> byClass(int[] predicted, int[] labels) {
        return IntStream.range(0, data.classes()).mapToObj(c -> {
            int[] own = IntStream.range(0, labels.length).filter(i -> labels[i] == c).toArray();
            return (double) IntStream.of(own).filter(i -> predicted[i] == c).count() / own.length;
        }).toList();
    }
}
