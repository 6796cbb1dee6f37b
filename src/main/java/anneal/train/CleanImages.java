package anneal.train;

/**
 * Training of a classifier on images as they are, instead of noised ones: a judge of samples. Without noise it would
 * learn its images by heart, so they are moved about.
 *
 * @param maxShift every image is moved by up to so many pixels up or down, left or right; black comes in
 */
public record CleanImages(int maxShift) {
    public CleanImages {
        if (maxShift < 0) {
            throw new IllegalArgumentException("maxShift must be 0 or more, got " + maxShift);
        }
    }
}
