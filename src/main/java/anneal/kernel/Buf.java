package anneal.kernel;

/**
 * A view of device memory: rows with a dense last axis and one pitch. Element (row r, column c), rows counted over all
 * leading axes, lies at {@code offset + r * rowPitch + c}.
 *
 * @param offset   first element, counted in elements of {@code type}
 * @param rowPitch elements from one row to the next
 */
public record Buf(Storage storage, long offset, DType type, Shape shape, long rowPitch) {
    public Buf {
        long rows = shape.rows();
        int last = shape.last();
        if (shape.size() > 0) {
            if (offset < 0 || (rows > 1 && rowPitch < last)) {
                throw new IllegalArgumentException("buffer of shape " + shape + " with offset " + offset
                        + " and row pitch " + rowPitch);
            }
            long end = Math.multiplyExact(offset + (rows - 1) * rowPitch + last, (long) type.bytes());
            if (end > storage.bytes()) {
                throw new IllegalArgumentException("buffer of shape " + shape + " ends at byte " + end
                        + " of a storage of " + storage.bytes());
            }
        }
    }

    /** A dense buffer at the start of {@code storage}. */
    public static Buf dense(Storage storage, DType type, Shape shape) {
        return new Buf(storage, 0, type, shape, shape.last());
    }

    public boolean isDense() {
        return rowPitch == shape.last() || shape.rows() <= 1;
    }

    /** Device address of element (0, 0). */
    public long address() {
        return storage.address() + offset * type.bytes();
    }

    /** The same elements under another shape of the same size; only a dense buffer, or one whose last axis stays. */
    public Buf reshape(Shape to) {
        if (to.size() != shape.size()) {
            throw new IllegalArgumentException("cannot view " + shape + " as " + to);
        }
        if (isDense()) {
            return new Buf(storage, offset, type, to, to.last());
        }
        if (to.last() != shape.last()) {
            throw new IllegalArgumentException("a pitched view of " + shape + " cannot become " + to);
        }
        return new Buf(storage, offset, type, to, rowPitch);
    }

    /** Columns [from, to) of every row, sharing memory. */
    public Buf columns(int from, int to) {
        if (from < 0 || to > shape.last() || from > to) {
            throw new IllegalArgumentException("columns " + from + ".." + to + " of " + shape);
        }
        return new Buf(storage, offset + from, type, shape.with(-1, to - from), rowPitch);
    }

    /** Entries [from, to) of the first axis, sharing memory. */
    public Buf slab(int from, int to) {
        if (shape.rank() < 2 || from < 0 || to > shape.dim(0) || from > to) {
            throw new IllegalArgumentException("entries " + from + ".." + to + " of " + shape);
        }
        long rowsPerEntry = shape.dim(0) == 0 ? 0 : shape.rows() / shape.dim(0);
        return new Buf(storage, offset + from * rowsPerEntry * rowPitch, type, shape.with(0, to - from), rowPitch);
    }
}
