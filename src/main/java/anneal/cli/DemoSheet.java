package anneal.cli;

import anneal.diffusion.SamplingStep;
import anneal.io.ByteImage;
import anneal.io.ImageGrid;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.ImageSampler;
import anneal.sample.SampleListener;
import anneal.sample.SampleRequest;
import anneal.tensor.Device;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One sheet that shows what guidance does: a column for each class, and in the rows the same noise without guidance,
 * with the classifier's, and with the model's own (classifier-free) if it has a null class.
 *
 * @param rows            of each kind
 * @param steps           of DDIM
 * @param classifierScale strength of the classifier's guidance
 * @param cfgScale        strength of classifier-free guidance
 */
record DemoSheet(int rows, int steps, double classifierScale, double cfgScale, long seed) {

    private static final int SCALE = 2;

    /** One kind of rows. */
    record Kind(String label, SampleRequest request) {
    }

    /** What is sampled, in the order of the sheet. */
    List<Kind> kinds(DiffusionModel model) {
        int classes = model.unet().config().numClasses();
        var plain = SampleRequest.of(rows * classes, seed).withBatch(classes).withSampler("ddim", steps, 0)
                .withLabels(IntStream.range(0, classes).boxed().toList());
        var kinds = new ArrayList<Kind>();
        kinds.add(new Kind("no guidance", plain));
        kinds.add(new Kind(name("classifier", classifierScale), plain.withGuidance(classifierScale, 0)));
        if (model.hasNullClass()) {
            kinds.add(new Kind(name("classifier-free", cfgScale), plain.withGuidance(0, cfgScale - 1)));
        }
        return kinds;
    }

    private static String name(String kind, double scale) {
        return kind + " " + (scale == Math.rint(scale) ? Long.toString((long) scale) : Double.toString(scale));
    }

    /** Samples everything and draws it. */
    ByteImage draw(Device device, DiffusionModel model, ImageClassifier classifier, Progress progress,
                   Interruption stop) throws IOException {
        var sampler = new ImageSampler(device, model, classifier.network());
        var images = new ByteArrayOutputStream();
        var labels = new ArrayList<String>();
        int done = 0;
        for (var kind : kinds(model)) {
            int before = done;
            sampler.run(kind.request, new SampleListener() {
                @Override
                public void step(int first, SamplingStep step) {
                    int n = kind.request.batch();
                    progress.at((long) (before + first) * steps + (long) (step.index() + 1) * n, kind.label);
                }

                @Override
                public void images(int first, byte[] batch, int[] batchLabels) {
                    images.writeBytes(batch);
                }
            }, stop::requested);
            done += kind.request.count();
            for (int row = 0; row < rows; row++) {
                labels.add(row == 0 ? kind.label : "");
            }
        }
        int size = model.imageSize();
        return ImageGrid.of(model.unet().config().numClasses()).withScale(SCALE).withColumnLabels(model.classNames())
                .withRowLabels(labels).draw(images.toByteArray(), done, size, size, model.channels());
    }

    /** Evaluations that {@link #draw} counts. */
    long total(DiffusionModel model) {
        return kinds(model).stream().mapToLong(kind -> (long) kind.request.count() * steps).sum();
    }
}
