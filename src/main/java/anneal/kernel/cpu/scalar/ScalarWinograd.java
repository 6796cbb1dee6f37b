package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.Native.get;
import static anneal.kernel.cpu.Native.set;

import anneal.kernel.cpu.WinogradLanes;
import anneal.kernel.cpu.WinogradTile;

/** {@link WinogradLanes} one float at a time: a {@link WinogradLine} down the columns, then along the rows. */
final class ScalarWinograd implements WinogradLanes {
    private final WinogradTile tile;
    private final WinogradLine line;

    ScalarWinograd(WinogradTile tile) {
        this.tile = tile;
        line = switch (tile) {
            case F2 -> new WinogradLine.F2();
            case F4 -> new WinogradLine.F4();
        };
    }

    /** One of the transforms of a line of numbers. */
    private interface Transform {
        void apply(float[] from, float[] to);
    }

    /** A matrix of numbers in memory: its corner, from row to row, and from column to column. */
    private record Place(long at, long row, long column) {
    }

    /** {@code to = rows first to last - 1 of T from T'}, for a square matrix of {@code size} rows. */
    private static void apply(Transform t, int size, Place from, int results, int first, int last, Place to) {
        var in = new float[size];
        var out = new float[results];
        var columns = new float[last - first][size];
        for (int j = 0; j < size; j++) {
            for (int i = 0; i < size; i++) {
                in[i] = get(from.at + i * from.row + j * from.column);
            }
            t.apply(in, out);
            for (int i = first; i < last; i++) {
                columns[i - first][j] = out[i];
            }
        }
        for (int i = first; i < last; i++) {
            t.apply(columns[i - first], out);
            for (int j = 0; j < results; j++) {
                set(to.at + (i - first) * to.row + j * to.column, out[j]);
            }
        }
    }

    private void band(Transform t, int size, int band, Place from, long to, long number) {
        apply(t, size, from, tile.patch(), tile.bandRow(band), tile.bandRow(band + 1),
                new Place(to, tile.patch() * number, number));
    }

    @Override
    public void input(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                      long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c++) {
                band(line::input, tile.patch(), band, new Place(from + tile.result() * t * fromPixel + 4L * c, fromRow,
                        fromPixel), to + t * toTile + 4L * c, toNumber);
            }
        }
    }

    @Override
    public void filter(int band, long count, long from, long fromTap, long to, long toNumber) {
        for (long i = 0; i < 4 * count; i += 4) {
            band(line::filter, 3, band, new Place(from + i, 3 * fromTap, fromTap), to + i, toNumber);
        }
    }

    @Override
    public void output(int tiles, int channels, long from, long fromTile, long fromNumber,
                       long to, long toRow, long toPixel) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c++) {
                apply(line::output, tile.patch(),
                        new Place(from + t * fromTile + 4L * c, tile.patch() * fromNumber, fromNumber),
                        tile.result(), 0, tile.result(),
                        new Place(to + tile.result() * t * toPixel + 4L * c, toRow, toPixel));
            }
        }
    }

    @Override
    public void gradient(int band, int tiles, int channels, long from, long fromRow, long fromPixel,
                         long to, long toTile, long toNumber) {
        for (int t = 0; t < tiles; t++) {
            for (int c = 0; c < channels; c++) {
                band(line::gradient, tile.result(), band, new Place(from + tile.result() * t * fromPixel + 4L * c,
                        fromRow, fromPixel), to + t * toTile + 4L * c, toNumber);
            }
        }
    }

    @Override
    public void filterGradient(int row, long count, long from, long fromNumber, long to, long toTap) {
        for (long i = 0; i < 4 * count; i += 4) {
            apply(line::filterGradient, tile.patch(), new Place(from + i, tile.patch() * fromNumber, fromNumber), 3,
                    row, row + 1, new Place(to + i, 0, toTap));
        }
    }
}
