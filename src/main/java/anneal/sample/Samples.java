package anneal.sample;

import anneal.io.ByteImage;
import anneal.io.ImageGrid;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Images that were sampled.
 *
 * @param request    what was asked for
 * @param size       height and width of an image
 * @param channels   1 for grey, 3 for RGB
 * @param pixels     unsigned bytes [count, size, size, channels]; not copied
 * @param labels     [count], or -1 where no class was asked for; not copied
 * @param classNames what the labels mean; empty if they have no names
 */
public record Samples(SampleRequest request, int size, int channels, byte[] pixels, int[] labels,
                      List<String> classNames) {
    /** Beyond this many columns the labels go below the images, and a row is as long as the sheet is high. */
    private static final int MOST_COLUMN_LABELS = 24;
    private static final int COMFORTABLE_SIDE = 64;

    /** @throws IllegalArgumentException if the arrays have other lengths */
    public Samples {
        classNames = List.copyOf(classNames);
        long bytes = (long) request.count() * size * size * channels;
        if (pixels.length != bytes || labels.length != request.count()) {
            throw new IllegalArgumentException("%d images of %dx%dx%d take %d bytes and %d labels, got %d and %d"
                    .formatted(request.count(), size, size, channels, bytes, request.count(), pixels.length,
                            labels.length));
        }
    }

    public int count() {
        return labels.length;
    }

    /** A copy of one image. @throws IndexOutOfBoundsException if there is none of that number */
    public ByteImage image(int number) {
        int bytes = size * size * channels;
        int from = Objects.checkIndex(number, count()) * bytes;
        return new ByteImage(size, size, channels, Arrays.copyOfRange(pixels, from, from + bytes));
    }

    /** All of them as one picture, on the {@link #grid} that suits the request. */
    public ByteImage sheet() {
        return sheet(grid(request, size, classNames));
    }

    /** All of them as one picture. @throws IllegalArgumentException if the grid has labels for another number */
    public ByteImage sheet(ImageGrid grid) {
        return grid.draw(pixels, count(), size, size, channels);
    }

    /**
     * The grid that suits a request: a named column for each class that was asked for, or a square; small images are
     * enlarged to be seen.
     *
     * @param size       height and width of an image
     * @param classNames may be empty, then a class is called by its number
     */
    public static ImageGrid grid(SampleRequest request, int size, List<String> classNames) {
        var labels = request.labels();
        boolean columns = !labels.isEmpty() && labels.size() <= MOST_COLUMN_LABELS;
        int width = Math.min(request.count(), columns ? labels.size() : (int) Math.ceil(Math.sqrt(request.count())));
        var grid = ImageGrid.of(width).withScale(Math.max(1, Math.round((float) COMFORTABLE_SIDE / size)));
        if (labels.isEmpty()) {
            return grid;
        }
        return columns ? grid.withColumnLabels(names(request, width, classNames))
                : grid.withCellLabels(names(request, request.count(), classNames));
    }

    private static List<String> names(SampleRequest request, int count, List<String> classNames) {
        return IntStream.range(0, count).map(request::label)
                .mapToObj(l -> l < classNames.size() ? classNames.get(l) : Integer.toString(l)).toList();
    }
}
