package anneal.parity;

import java.util.stream.IntStream;

/** Orders of axes between the fixtures' layouts (channels second) and this engine's (channels last). */
final class Axes {
    private Axes() {
    }

    /** [N, C, ..] to [N, .., C]; images, sequences and convolution weights alike. */
    static int[] channelsLast(int rank) {
        return IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == rank - 1 ? Math.min(1, rank - 1) : i + 1).toArray();
    }

    /** [N, .., C] to [N, C, ..]. */
    static int[] channelsFirst(int rank) {
        return IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toArray();
    }

    /** {@code axis} (negative from the end) last, the others in order. */
    static int[] toLast(int rank, int axis) {
        int a = Math.floorMod(axis, rank);
        return IntStream.range(0, rank).map(i -> i == rank - 1 ? a : i < a ? i : i + 1).toArray();
    }

    /** Undoes an order. */
    static int[] inverse(int... order) {
        var inverse = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            inverse[order[i]] = i;
        }
        return inverse;
    }
}
