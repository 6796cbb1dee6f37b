package anneal.metric;

/**
 * How different the images of one class are from each other. The distance of two images is the root of the mean squared
 * difference of their pixels, where black is 0 and white is 1. It says how much images vary, not how well.
 */
public final class PairwiseDistance {

    private PairwiseDistance() {
    }

    /**
     * The mean distance over all pairs of images of the same class, then over the classes that have a pair.
     *
     * @param images     unsigned bytes, one image after another
     * @param labels     class of each image, from 0 to {@code classes} - 1
     * @param imageBytes bytes of one image
     * @return NaN if no class has two images
     * @throws IllegalArgumentException if the array has another length, or a label is out of range
     */
    public static double withinClasses(byte[] images, int[] labels, int classes, int imageBytes) {
        if (images.length != (long) labels.length * imageBytes) {
            throw new IllegalArgumentException("%d images of %d bytes in an array of %d"
                .formatted(labels.length, imageBytes, images.length));
        }
        var sums = new double[classes];
        var pairs = new long[classes];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException("label " + labels[i] + "; the classes are 0.." + (classes - 1));
            }
            for (int j = 0; j < i; j++) {
                if (labels[i] == labels[j]) {
                    sums[labels[i]] += distance(images, i * imageBytes, j * imageBytes, imageBytes);
                    pairs[labels[i]]++;
                }
            }
        }
        double sum = 0;
        int counted = 0;
        for (int c = 0; c < classes; c++) {
            if (pairs[c] > 0) {
                sum += sums[c] / pairs[c];
                counted++;
            }
        }
        return sum / counted;
    }

    private static double distance(byte[] images, int one, int two, int n) {
        long squares = 0;
        for (int p = 0; p < n; p++) {
            int difference = (images[one + p] & 0xff) - (images[two + p] & 0xff);
            squares += (long) difference * difference;
        }
        return Math.sqrt((double) squares / n) / 255;
    }
}
