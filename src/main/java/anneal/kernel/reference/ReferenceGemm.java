package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.Contract;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;

/** {@code c[i, j] = sum over l of a[i, l] * b[l, j]} for every entry of a batch. */
final class ReferenceGemm {
    private ReferenceGemm() {
    }

    static void run(GemmSpec s, Buf a, Buf b, Epilogue e, Buf c) {
        for (int i = 0; i < s.batch(); i++) {
            var rowsOfA = matrix(a, i, s.strideA(), s.m(), s.k(), s.transA());
            var columnsOfB = matrix(b, i, s.strideB(), s.n(), s.k(), !s.transB());
            var product = dotProducts(rowsOfA, columnsOfB, s.m(), s.n(), s.k());
            Values.write(product, e, Contract.entry(c, i, s.strideC(), s.m(), s.n()));
        }
    }

    /** Entry {@code i} as [rows, columns], turned round when it is stored the other way. */
    private static double[] matrix(Buf b, int i, long stride, int rows, int columns, boolean transposed) {
        if (!transposed) {
            return Values.read(Contract.entry(b, i, stride, rows, columns));
        }
        var stored = Values.read(Contract.entry(b, i, stride, columns, rows));
        var turned = new double[stored.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                turned[r * columns + c] = stored[c * rows + r];
            }
        }
        return turned;
    }

    /** {@code a} is [m, k], {@code b} is [n, k]; the result is [m, n]. */
    private static double[] dotProducts(double[] a, double[] b, int m, int n, int k) {
        var c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += a[i * k + l] * b[j * k + l];
                }
                c[i * n + j] = sum;
            }
        }
        return c;
    }
}
