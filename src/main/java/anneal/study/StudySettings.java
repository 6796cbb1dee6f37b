package anneal.study;

import anneal.study.StudyCase.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that the figures of the guidance study follow from.
 *
 * @param model           what was asked for, and the SHA-256 of its weights
 * @param classifier      the same
 * @param judge           the same
 * @param scales          of classifier guidance
 * @param weights         w of classifier-free guidance
 * @param samples         images of each row with DDIM
 * @param steps           of DDIM
 * @param ancestralScale  of classifier guidance with DDPM
 * @param ancestralWeight of classifier-free guidance with DDPM
 * @param ancestralCount  images of each row with DDPM
 * @param ancestralSteps  of DDPM
 * @param reference       data set that the Fréchet distance is taken to
 * @param referenceCount  how many of its images
 * @param real            data set of the rows of real images
 * @param seed            of the noise and of the choice of images
 */
public record StudySettings(Weights model, Weights classifier, Weights judge, List<Double> scales, List<Double> weights,
                            int samples, int steps, double ancestralScale, double ancestralWeight, int ancestralCount,
                            int ancestralSteps, String reference, int referenceCount, String real, long seed) {
    /**
     * A model in use.
     *
     * @param name   for people
     * @param digest of all bytes
     */
    public record Weights(String name, String digest) {
    }

    /** @throws IllegalArgumentException in one line, if a number is out of range */
    public StudySettings {
        scales = List.copyOf(scales);
        weights = List.copyOf(weights);
        require(samples >= 2 && referenceCount >= 2, "a study needs two images or more of everything, got " + samples
                + " samples and " + referenceCount + " reference images");
        require(ancestralCount == 0 || ancestralCount >= 2, "samples with ddpm must be 0 (none) or 2 or more, got "
                + ancestralCount);
        require(steps >= 1 && ancestralSteps >= 1, "steps must be 1 or more, got " + steps + " and " + ancestralSteps);
        for (double s : scales) {
            require(Double.isFinite(s), "a scale must be a number, got " + s);
        }
        for (double w : weights) {
            require(Double.isFinite(w), "a weight must be a number, got " + w);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** The rows in order: real images, each guidance with DDIM, one of each with DDPM. */
    public List<StudyCase> cases() {
        var out = new ArrayList<StudyCase>();
        out.add(StudyCase.real(samples));
        if (ancestralCount > 0 && ancestralCount != samples) {
            out.add(StudyCase.real(ancestralCount));
        }
        scales.forEach(s -> out.add(new StudyCase(Kind.CLASSIFIER, s, "ddim", steps, samples)));
        weights.forEach(w -> out.add(new StudyCase(Kind.CLASSIFIER_FREE, w, "ddim", steps, samples)));
        if (ancestralCount > 0) {
            out.add(new StudyCase(Kind.CLASSIFIER, ancestralScale, "ddpm", ancestralSteps, ancestralCount));
            out.add(new StudyCase(Kind.CLASSIFIER_FREE, ancestralWeight, "ddpm", ancestralSteps, ancestralCount));
        }
        return out;
    }
}
