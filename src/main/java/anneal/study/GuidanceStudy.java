package anneal.study;

import anneal.data.ImageDataset;
import anneal.diffusion.SamplingStep;
import anneal.metric.FeatureStatistics;
import anneal.metric.FrechetDistance;
import anneal.metric.PairwiseDistance;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.ImageSampler;
import anneal.sample.SampleListener;
import anneal.sample.SampleRequest;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * What guidance does, in numbers: the same model with more and more of it, judged by a classifier that had no part
 * in it.
 *
 * @param model     with a null class
 * @param guide     a classifier of noised images
 * @param judge     a classifier of clean images
 * @param reference images that samples are compared with
 * @param real      images to stand beside the samples
 * @param batch     images at once; changes no figure
 */
public record GuidanceStudy(Device device, DiffusionModel model, ImageClassifier guide, ImageClassifier judge,
                            ImageDataset reference, ImageDataset real, int batch) {
    /** @throws IllegalArgumentException in one line, if these do not belong together */
    public GuidanceStudy {
        require(model.hasNullClass(), "the study needs a model that was trained with a null class (--label-dropout)");
        guide.checkFits(model);
        require(judge.isForCleanImages(), "the judge was trained on noised images; it must be one of clean images, as"
                + " train-classifier --preset fashion-judge makes it");
        int classes = model.unet().config().numClasses();
        require(judge.classes() == classes && judge.imageSize() == model.imageSize()
                        && judge.channels() == model.channels(),
                "the judge knows %d classes of %dx%dx%d images, the model makes %d of %dx%dx%d".formatted(
                        judge.classes(), judge.imageSize(), judge.imageSize(), judge.channels(), classes,
                        model.imageSize(), model.imageSize(), model.channels()));
        for (var set : List.of(reference, real)) {
            require(set.classes() == classes && set.height() == model.imageSize() && set.width() == model.imageSize()
                    && set.channels() == model.channels(),
                    "the data set is not of the model's images: " + set.description());
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /**
     * Finds the rows that {@code before} lacks.
     *
     * @param before    an interrupted result with the same settings, or one without rows
     * @param file      the result is saved there after every row
     * @param cancelled asked before every step
     * @return with all rows
     * @throws java.util.concurrent.CancellationException if {@code cancelled} says so; what was found is in the file
     */
    public StudyResult run(StudyResult before, Path file, StudyListener listener, BooleanSupplier cancelled)
            throws IOException {
        var settings = before.settings();
        var images = new RealImages(reference, real, settings.referenceCount(), settings.seed());
        var eye = new Judge(device, judge, done -> { }, cancelled);
        int[] chosen = images.referenceIndices();
        var statistics = eye.look((i, dst, at) -> reference.copyImage(chosen[i], dst, at), chosen.length).statistics();
        long total = settings.cases().stream().mapToLong(StudyCase::work).sum();
        long done = 0;
        var result = before;
        for (var setting : settings.cases()) {
            var kept = result.row(setting);
            if (kept.isEmpty()) {
                var work = new Work(setting, listener, done, total, cancelled);
                var row = row(setting, settings.seed(), images, eye, statistics, work);
                result = result.with(row);
                result.write(file);
                listener.row(row, false);
            } else {
                listener.row(kept.get(), true);
            }
            done += setting.work();
        }
        return result;
    }

    private StudyRow row(StudyCase setting, long seed, RealImages images, Judge eye, FeatureStatistics statistics,
                         Work work) throws IOException {
        long begin = System.nanoTime();
        boolean photographs = setting.kind() == StudyCase.Kind.REAL;
        byte[] pixels = photographs ? RealImages.read(real, images.others(setting.images()))
                : sample(setting, seed, work);
        double seconds = photographs ? 0 : (System.nanoTime() - begin) * 1e-9;
        int classes = judge.classes();
        int[] wanted = IntStream.range(0, setting.images()).map(i -> i % classes).toArray();
        int bytes = pixels.length / wanted.length;
        var verdict = eye.look(Judge.Images.of(pixels, bytes), wanted.length);
        return new StudyRow(setting, verdict.share(wanted), FrechetDistance.between(verdict.statistics(), statistics),
                PairwiseDistance.withinClasses(pixels, wanted, classes, bytes), Math.round(seconds * 10) / 10.0);
    }

    /** Every row starts from the same noise. */
    private byte[] sample(StudyCase setting, long seed, Work work) throws IOException {
        boolean byClassifier = setting.kind() == StudyCase.Kind.CLASSIFIER;
        var sampler = new ImageSampler(device, byClassifier ? model.unconditional() : model,
                byClassifier ? guide.network() : null);
        var request = SampleRequest.of(setting.images(), seed).withBatch(batch)
                .withSampler(setting.sampler(), setting.steps(), 0)
                .withLabels(IntStream.range(0, judge.classes()).boxed().toList())
                .withGuidance(byClassifier ? setting.scale() : 0, byClassifier ? 0 : setting.scale());
        byte[] all = new byte[setting.images() * model.imageSize() * model.imageSize() * model.channels()];
        sampler.run(request, new SampleListener() {
            @Override
            public void step(int first, SamplingStep step) {
                int n = Math.min(batch, setting.images() - first);
                work.did((long) first * setting.steps() + (long) (step.index() + 1) * n);
            }

            @Override
            public void images(int first, byte[] images, int[] labels) {
                System.arraycopy(images, 0, all, first * (images.length / labels.length), images.length);
            }
        }, work.cancelled());
        return all;
    }

    /** Where in the whole study a row is. */
    private record Work(StudyCase setting, StudyListener listener, long before, long total, BooleanSupplier cancelled) {
        void did(long evaluations) {
            listener.progress(setting, before + evaluations, total);
        }
    }
}
