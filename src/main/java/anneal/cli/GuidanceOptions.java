package anneal.cli;

import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.SampleRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** What the images shall show, and how strongly. */
final class GuidanceOptions {

    @Option(names = "--labels", paramLabel = "LIST",
            description = "Classes, one a column: 0-9, or 3,5,7-8, or names, or all.")
    private String labels;

    @Option(names = "--guidance", paramLabel = "SCALE",
            description = "Strength of guidance: of the classifier if one is given (default: 1), otherwise as "
                    + "--cfg-scale.")
    private Double guidance;

    @Option(names = "--cfg-scale", paramLabel = "SCALE",
            description = "Strength of classifier-free guidance, for models trained with --label-dropout; 1 is none "
                    + "(default: 1).")
    private Double cfgScale;

    /**
     * Lays labels and guidance over a request.
     *
     * @param classifier or null
     * @throws IllegalArgumentException in one line, if the model cannot do it
     */
    SampleRequest over(SampleRequest base, DiffusionModel model, ImageClassifier classifier) {
        double classifierScale = classifier == null ? 0 : guidance == null ? 1 : guidance;
        double weight = cfg(model, classifier) - 1;
        if (weight != 0 && !model.hasNullClass()) {
            throw new IllegalArgumentException(guidance != null && classifier == null
                    ? "--guidance needs a --classifier, or a model that was trained with --label-dropout"
                    : "--cfg-scale needs a model that was trained with --label-dropout");
        }
        int classes = classes(model, classifier);
        boolean guided = classifierScale != 0 || weight != 0;
        var wanted = labels != null ? parse(classes, model, classifier)
                : guided ? IntStream.range(0, classes).boxed().toList() : List.<Integer>of();
        return base.withLabels(wanted).withGuidance(classifierScale, weight);
    }

    /** Whether nothing of it was given. */
    boolean isEmpty() {
        return labels == null && guidance == null && cfgScale == null;
    }

    private double cfg(DiffusionModel model, ImageClassifier classifier) {
        if (cfgScale != null) {
            if (guidance != null && classifier == null) {
                throw new IllegalArgumentException("--guidance and --cfg-scale say the same thing twice: give one");
            }
            return cfgScale;
        }
        return guidance == null || classifier != null ? 1 : guidance;
    }

    private List<Integer> parse(int classes, DiffusionModel model, ImageClassifier classifier) {
        if (classes == 0) {
            throw new IllegalArgumentException(
                    "--labels needs a model that was trained with classes, or a --classifier");
        }
        return Arrays.stream(new LabelList(classes, names(model, classifier)).parse(labels)).boxed().toList();
    }

    private static int classes(DiffusionModel model, ImageClassifier classifier) {
        return classifier != null ? classifier.classes() : model.unet().config().numClasses();
    }

    /** Names of the classes that labels mean; empty if they have none. */
    static List<String> names(DiffusionModel model, ImageClassifier classifier) {
        return model.isClassConditional() || classifier == null ? model.classNames() : classifier.classNames();
    }
}
