package anneal.train;

/**
 * The images of one training step.
 *
 * @param images  [N, H, W, C] in -1..1
 * @param labels  [N]; {@link anneal.data.ImageDataset#NO_LABEL} without classes
 * @param samples [N], numbers of the samples within the step: what their random draws are keyed by
 */
record Batch(float[] images, int[] labels, int[] samples) {
}
