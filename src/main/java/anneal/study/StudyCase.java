package anneal.study;

/**
 * One row of the guidance study: what its images are.
 *
 * @param scale   of the classifier's gradient, or w of classifier-free guidance; 0 for real images
 * @param sampler {@code ddim} or {@code ddpm}; null for real images
 * @param steps   network evaluations an image; 0 for real images
 * @param images  how many
 */
public record StudyCase(Kind kind, double scale, String sampler, int steps, int images) {
    /** How images are guided. */
    public enum Kind {
        /** They are photographs, not samples. */
        REAL("real images"),
        /** By a classifier, from the unconditional mode of the model ("Diffusion Models Beat GANs", section 4). */
        CLASSIFIER("classifier"),
        /** By the model's own null class (Ho and Salimans 2022). */
        CLASSIFIER_FREE("classifier-free");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    static StudyCase real(int images) {
        return new StudyCase(Kind.REAL, 0, null, 0, images);
    }

    /** Network evaluations of the whole row, for showing progress. */
    long work() {
        return (long) steps * images;
    }

    /** For people, as in "classifier 4, 25 steps of ddim". */
    @Override
    public String toString() {
        return kind == Kind.REAL ? images + " real images"
                : "%s %s, %d images with %d steps of %s".formatted(kind, Numbers.plain(scale), images, steps, sampler);
    }
}
