package anneal.io;

import java.util.Arrays;
import java.util.List;

/**
 * How images are put together on one white sheet, row by row, with labels if there are any. All cells are equally wide:
 * as wide as an image or the longest label, so that no label is cut off.
 *
 * @param columns      images in a row, at least 1; the last row may be shorter
 * @param scale        each pixel becomes a square of this side, at least 1
 * @param padding      pixels around and between the cells
 * @param columnLabels one above each column, or none
 * @param rowLabels    one left of each row, or none
 * @param cellLabels   one below each image, or none
 */
public record ImageGrid(int columns, int scale, int padding, List<String> columnLabels, List<String> rowLabels,
                        List<String> cellLabels) {

    private static final byte WHITE = -1;
    private static final byte BLACK = 0;
    /** A cell of this many pixels gets text of the font's own size, one of twice as many gets twice that. */
    private static final int CELL_OF_PLAIN_TEXT = 64;

    /** @throws IllegalArgumentException if a number is too small or the column labels are not one for each column */
    public ImageGrid {
        if (columns < 1 || scale < 1 || padding < 0) {
            throw new IllegalArgumentException("a grid needs columns and scale of 1 or more and padding of 0 or more, "
                + "got %d, %d and %d".formatted(columns, scale, padding));
        }
        columnLabels = List.copyOf(columnLabels);
        rowLabels = List.copyOf(rowLabels);
        cellLabels = List.copyOf(cellLabels);
        checkCount("column", columnLabels, columns);
    }

    /** Unlabelled, at the images' own size, two pixels apart. */
    public static ImageGrid of(int columns) {
        return new ImageGrid(columns, 1, 2, List.of(), List.of(), List.of());
    }

    public ImageGrid withScale(int scale) {
        return new ImageGrid(columns, scale, padding, columnLabels, rowLabels, cellLabels);
    }

    public ImageGrid withPadding(int padding) {
        return new ImageGrid(columns, scale, padding, columnLabels, rowLabels, cellLabels);
    }

    public ImageGrid withColumnLabels(List<String> labels) {
        return new ImageGrid(columns, scale, padding, labels, rowLabels, cellLabels);
    }

    public ImageGrid withRowLabels(List<String> labels) {
        return new ImageGrid(columns, scale, padding, columnLabels, labels, cellLabels);
    }

    public ImageGrid withCellLabels(List<String> labels) {
        return new ImageGrid(columns, scale, padding, columnLabels, rowLabels, labels);
    }

    /**
     * Draws the sheet.
     *
     * @param images   unsigned bytes [count, height, width, channels]
     * @param channels 1 for a grey sheet, 3 for an RGB one
     * @throws IllegalArgumentException if there is no image, the array is shorter, or row or cell labels are not one
     *                                  for each
     */
    public ByteImage draw(byte[] images, int count, int height, int width, int channels) {
        int size = Math.multiplyExact(Math.multiplyExact(height, width), channels);
        if (count < 1 || images.length < (long) count * size) {
            throw new IllegalArgumentException("a grid of %d images of %d bytes from %d bytes"
                .formatted(count, size, images.length));
        }
        int rows = Math.ceilDiv(count, columns);
        checkCount("row", rowLabels, rows);
        checkCount("cell", cellLabels, count);
        var layout = new Layout(Math.multiplyExact(height, scale), Math.multiplyExact(width, scale));
        var sheet = layout.sheet(rows, channels);
        layout.drawHeadings(sheet);
        for (int i = 0; i < count; i++) {
            var image = new ByteImage(height, width, channels, Arrays.copyOfRange(images, i * size, (i + 1) * size));
            int left = layout.left(i % columns) + (layout.cellWidth - layout.imageWidth) / 2;
            enlarge(image, sheet, layout.top(i / columns), left);
            if (!cellLabels.isEmpty()) {
                int below = layout.top(i / columns) + layout.imageHeight + layout.gap;
                layout.centred(sheet, below, i % columns, cellLabels.get(i));
            }
        }
        return sheet;
    }

    private static void checkCount(String what, List<String> labels, int wanted) {
        if (!labels.isEmpty() && labels.size() != wanted) {
            throw new IllegalArgumentException("%d %s labels for %d".formatted(labels.size(), what, wanted));
        }
    }

    private void enlarge(ByteImage image, ByteImage sheet, int top, int left) {
        int channels = image.channels();
        for (int y = 0; y < image.height() * scale; y++) {
            for (int x = 0; x < image.width() * scale; x++) {
                int from = (y / scale * image.width() + x / scale) * channels;
                int to = ((top + y) * sheet.width() + left + x) * channels;
                System.arraycopy(image.pixels(), from, sheet.pixels(), to, channels);
            }
        }
    }

    /** Where things go, in pixels. */
    private final class Layout {

        final int imageHeight;
        final int imageWidth;
        final int textScale;
        final int textHeight;
        final int gap;
        final int cellWidth;
        final int cellHeight;
        final int leftMargin;
        final int topMargin;

        Layout(int imageHeight, int imageWidth) {
            this.imageHeight = imageHeight;
            this.imageWidth = imageWidth;
            textScale = Math.max(1, Math.min(imageHeight, imageWidth) / CELL_OF_PLAIN_TEXT);
            textHeight = BitmapFont.HEIGHT * textScale;
            gap = 2 * textScale;
            cellWidth = Math.max(imageWidth, Math.max(widest(columnLabels), widest(cellLabels)));
            cellHeight = imageHeight + (cellLabels.isEmpty() ? 0 : gap + textHeight);
            leftMargin = padding + (rowLabels.isEmpty() ? 0 : widest(rowLabels) + 2 * gap);
            topMargin = padding + (columnLabels.isEmpty() ? 0 : textHeight + gap);
        }

        private int widest(List<String> labels) {
            return labels.stream().mapToInt(label -> BitmapFont.width(label, textScale)).max().orElse(0);
        }

        int left(int column) {
            return leftMargin + column * (cellWidth + padding);
        }

        int top(int row) {
            return topMargin + row * (cellHeight + padding);
        }

        ByteImage sheet(int rows, int channels) {
            long pixels = (long) top(rows) * left(columns);
            if (pixels * channels > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException("a sheet of %d x %d images is too large".formatted(columns, rows));
            }
            var white = new byte[(int) pixels * channels];
            Arrays.fill(white, WHITE);
            return new ByteImage(top(rows), left(columns), channels, white);
        }

        void drawHeadings(ByteImage sheet) {
            for (int column = 0; column < columnLabels.size(); column++) {
                centred(sheet, padding, column, columnLabels.get(column));
            }
            for (int row = 0; row < rowLabels.size(); row++) {
                int top = top(row) + (imageHeight - textHeight) / 2;
                int left = leftMargin - 2 * gap - BitmapFont.width(rowLabels.get(row), textScale);
                BitmapFont.draw(sheet, top, left, rowLabels.get(row), textScale, BLACK);
            }
        }

        void centred(ByteImage sheet, int top, int column, String label) {
            int left = left(column) + (cellWidth - BitmapFont.width(label, textScale)) / 2;
            BitmapFont.draw(sheet, top, left, label, textScale, BLACK);
        }
    }
}
