package anneal.metric;

import java.util.stream.IntStream;

/** The few operations on dense float64 matrices (row-major) that the metrics need, written along rows. */
final class Dense {

    /** Rows of the second factor that stay in cache while all rows of the product pass by. */
    private static final int BLOCK = 64;

    private Dense() {
    }

    /** y[at ...] += scale * x[from ...], n numbers. */
    static void addScaled(double[] y, int at, double scale, double[] x, int from, int n) {
        for (int i = 0; i < n; i++) {
            y[at + i] += scale * x[from + i];
        }
    }

    /** Sum of products in four strands. */
    static double dot(double[] x, int at, double[] y, int from, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            a += x[at + i] * y[from + i];
            b += x[at + i + 1] * y[from + i + 1];
            c += x[at + i + 2] * y[from + i + 2];
            d += x[at + i + 3] * y[from + i + 3];
        }
        for (; i < n; i++) {
            a += x[at + i] * y[from + i];
        }
        return a + b + (c + d);
    }

    /** [rows, inner] times [inner, columns]; each row of the product is one task. */
    static double[] multiply(double[] left, double[] right, int rows, int inner, int columns) {
        var product = new double[Math.multiplyExact(rows, columns)];
        for (int start = 0; start < inner; start += BLOCK) {
            int first = start;
            int end = Math.min(inner, start + BLOCK);
            IntStream.range(0, rows).parallel().forEach(i -> {
                for (int k = first; k < end; k++) {
                    addScaled(product, i * columns, left[i * inner + k], right, k * columns, columns);
                }
            });
        }
        return product;
    }

    /** The transpose of [rows, columns]. */
    static double[] transpose(double[] matrix, int rows, int columns) {
        var result = new double[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = matrix[i * columns + j];
            }
        }
        return result;
    }
}
