package anneal.kernel.cpu;

import static anneal.kernel.cpu.TileLanes.PANEL;

/**
 * A matrix product cut into tasks. One operand, "left", is read where it lies, by strides; the other lies packed in
 * panels of 64 columns. Either operand of the product asked for may be packed, so the result may come out transposed:
 * every element is the same sum of the same {@link Parts} both ways, so which one is chosen never shows in the bits.
 */
final class Product {
    /** Bytes from one row of a panel to the next. */
    static final long ROW = 4L * PANEL;
    /** At most so many rows of a result at a time: with a panel's columns 24 KiB, half a first-level cache. */
    private static final int BLOCK = 96;
    /** Floats of a part of a block whose rows lie across memory: they are first brought close together. */
    private static final int GATHERED = BLOCK * Parts.LONGEST;

    private final CpuContext context;
    private final TileLanes tiles;

    Product(CpuContext context) {
        this.context = context;
        this.tiles = context.lanes().tiles();
    }

    /** Floats that the panels of a matrix of this many columns and this depth take. */
    static long panelFloats(long columns, long depth) {
        return (columns + PANEL - 1) / PANEL * PANEL * depth;
    }

    /** The operand that is read in place; strides in bytes, {@code entry} from one matrix of a batch to the next. */
    record Left(long base, long entry, long row, long depth) {
    }

    /** The packed operand: {@code entry} bytes from one batch entry's panels to the next. */
    record Right(long base, long entry) {
    }

    /**
     * Multiplies.
     *
     * @param rows    rows of the left operand
     * @param columns columns of the right one
     * @param parts   how the sums are cut, and how long they are
     * @param flip    the result is the transpose of what {@code outputs} expects
     * @param outputs one a batch entry
     */
    void run(int rows, int columns, Parts parts, Left left, Right right, boolean flip, Output[] outputs) {
        int panels = (columns + PANEL - 1) / PANEL;
        int blocks = (rows + BLOCK - 1) / BLOCK;
        // equal blocks, in multiples of the register tile
        int height = Math.min(BLOCK, ((rows + blocks - 1) / blocks + 3) / 4 * 4);
        int count = (rows + height - 1) / height;
        context.threads().run(Math.multiplyExact(outputs.length * panels, count), (task, worker) -> {
            int block = task % count;
            int panel = task / count % panels;
            int entry = task / count / panels;
            int row = block * height;
            block(Math.min(height, rows - row), row, Math.min(PANEL, columns - panel * PANEL), panel, parts,
                    new Left(left.base + entry * left.entry + row * left.row, 0, left.row, left.depth),
                    right.base + entry * right.entry + panel * ROW * parts.depth(), flip, outputs[entry], worker);
        });
    }

    private void block(int rows, int row, int cols, int panel, Parts parts, Left a, long b, boolean flip,
                       Output output, int worker) {
        long scratch = context.threads().scratch(worker, 4L * GATHERED + 2 * BLOCK * ROW);
        long tile = scratch + 4L * GATHERED;
        if (!flip && output.isDirect()) {
            multiply(rows, cols, parts, a, b, output.address(row, (long) panel * PANEL), output.yRow(), scratch);
            return;
        }
        multiply(rows, cols, parts, a, b, tile, ROW, scratch);
        if (!flip) {
            output.take(rows, cols, tile, ROW, row, (long) panel * PANEL);
            return;
        }
        long turned = tile + BLOCK * ROW;
        context.lanes().panels().transpose(rows, cols, tile, ROW, turned, 4L * BLOCK);
        output.take(cols, rows, turned, 4L * BLOCK, (long) panel * PANEL, row);
    }

    /** A block of the product, part by part; {@code scratch} has room for a gathered part. */
    private void multiply(int rows, int cols, Parts parts, Left a, long b, long c, long cRow, long scratch) {
        boolean across = a.depth > a.row;
        parts.forEach((segment, segments, offset, depth) -> {
            long k = (long) segment * parts.width() + offset;
            int count = segments * depth;
            long from = a.base + k * a.depth;
            if (across) {
                context.lanes().panels().copy(count, rows, from, a.depth, scratch, 4L * BLOCK);
                tiles.multiply(rows, cols, 1, count, scratch, 0, 4, 4L * BLOCK, b + k * ROW, 0, ROW, c, cRow, k > 0);
            } else {
                tiles.multiply(rows, cols, 1, count, from, 0, a.row, a.depth, b + k * ROW, 0, ROW, c, cRow, k > 0);
            }
        });
    }

    /**
     * Packs a matrix into panels.
     *
     * @param turn   true: memory holds {@code [column][k]}; false: {@code [k][column]}
     * @param stride bytes between rows of memory
     */
    void pack(int batch, int columns, int depth, boolean turn, long from, long fromEntry, long stride, Right to) {
        int panels = (columns + PANEL - 1) / PANEL;
        int parts = Math.max(1, (depth + 255) / 256);
        context.threads().run(Math.multiplyExact(batch * panels, parts), (task, worker) -> {
            int k = task % parts * 256;
            int panel = task / parts % panels;
            int entry = task / parts / panels;
            int cols = Math.min(PANEL, columns - panel * PANEL);
            int count = Math.min(256, depth - k);
            long source = from + entry * fromEntry;
            long target = to.base + entry * to.entry + (panel * (long) depth + k) * ROW;
            if (turn) {
                context.lanes().panels().transpose(cols, count, source + panel * PANEL * stride + 4L * k, stride,
                        target, ROW);
            } else {
                context.lanes().panels().copy(count, cols, source + k * stride + panel * ROW, stride, target, ROW);
            }
        });
    }
}
