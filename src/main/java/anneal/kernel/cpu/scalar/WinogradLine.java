package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.WinogradPoints.A;
import static anneal.kernel.cpu.WinogradPoints.A2;
import static anneal.kernel.cpu.WinogradPoints.A3;
import static anneal.kernel.cpu.WinogradPoints.B;
import static anneal.kernel.cpu.WinogradPoints.B2;
import static anneal.kernel.cpu.WinogradPoints.B3;
import static anneal.kernel.cpu.WinogradPoints.G0;
import static anneal.kernel.cpu.WinogradPoints.GA0;
import static anneal.kernel.cpu.WinogradPoints.GA1;
import static anneal.kernel.cpu.WinogradPoints.GA2;
import static anneal.kernel.cpu.WinogradPoints.GB0;
import static anneal.kernel.cpu.WinogradPoints.GB1;
import static anneal.kernel.cpu.WinogradPoints.GB2;
import static anneal.kernel.cpu.WinogradPoints.PRODUCT;
import static anneal.kernel.cpu.WinogradPoints.SUM;
import static java.lang.Math.fma;

/** Winograd's matrices times a line of numbers, which says all about them; every other form rounds as this one does. */
interface WinogradLine {
    /** {@code n = B' d}. */
    void input(float[] d, float[] n);

    /** {@code n = G g}. */
    void filter(float[] g, float[] n);

    /** {@code y = A' n}. */
    void output(float[] n, float[] y);

    /** {@code n = A y}. */
    void gradient(float[] y, float[] n);

    /** {@code g = G' n}. */
    void filterGradient(float[] n, float[] g);

    /** Two results of three taps. */
    final class F2 implements WinogradLine {
        @Override
        public void input(float[] d, float[] n) {
            n[0] = d[0] - d[2];
            n[1] = d[1] + d[2];
            n[2] = d[2] - d[1];
            n[3] = d[1] - d[3];
        }

        @Override
        public void filter(float[] g, float[] n) {
            float outer = (g[0] + g[2]) * 0.5f;
            float middle = g[1] * 0.5f;
            n[0] = g[0];
            n[1] = outer + middle;
            n[2] = outer - middle;
            n[3] = g[2];
        }

        @Override
        public void output(float[] n, float[] y) {
            y[0] = n[0] + (n[1] + n[2]);
            y[1] = n[1] - n[2] - n[3];
        }

        @Override
        public void gradient(float[] y, float[] n) {
            n[0] = y[0];
            n[1] = y[0] + y[1];
            n[2] = y[0] - y[1];
            n[3] = -y[1];
        }

        @Override
        public void filterGradient(float[] n, float[] g) {
            float half = (n[1] + n[2]) * 0.5f;
            g[0] = n[0] + half;
            g[1] = (n[1] - n[2]) * 0.5f;
            g[2] = half + n[3];
        }
    }

    /** Four results of three taps. */
    final class F4 implements WinogradLine {
        @Override
        public void input(float[] d, float[] n) {
            float evenA = fma(d[2], -B2, d[4]);
            float oddA = fma(d[1], -B2, d[3]);
            float evenB = fma(d[2], -A2, d[4]);
            float oddB = fma(d[1], -A2, d[3]);
            n[0] = fma(d[2], -SUM, fma(d[0], PRODUCT, d[4]));
            n[1] = fma(oddA, A, evenA);
            n[2] = fma(oddA, -A, evenA);
            n[3] = fma(oddB, B, evenB);
            n[4] = fma(oddB, -B, evenB);
            n[5] = fma(d[3], -SUM, fma(d[1], PRODUCT, d[5]));
        }

        @Override
        public void filter(float[] g, float[] n) {
            float evenA = fma(g[2], GA2, g[0] * GA0);
            float oddA = g[1] * GA1;
            float evenB = fma(g[2], GB2, g[0] * GB0);
            float oddB = g[1] * GB1;
            n[0] = g[0] * G0;
            n[1] = evenA + oddA;
            n[2] = evenA - oddA;
            n[3] = evenB + oddB;
            n[4] = evenB - oddB;
            n[5] = g[2];
        }

        @Override
        public void output(float[] n, float[] y) {
            float sumA = n[1] + n[2];
            float differenceA = n[1] - n[2];
            float sumB = n[3] + n[4];
            float differenceB = n[3] - n[4];
            y[0] = n[0] + (sumA + sumB);
            y[1] = fma(differenceB, B, differenceA * A);
            y[2] = fma(sumB, B2, sumA * A2);
            y[3] = fma(differenceB, B3, fma(differenceA, A3, n[5]));
        }

        @Override
        public void gradient(float[] y, float[] n) {
            float evenA = fma(y[2], A2, y[0]);
            float oddA = fma(y[3], A3, y[1] * A);
            float evenB = fma(y[2], B2, y[0]);
            float oddB = fma(y[3], B3, y[1] * B);
            n[0] = y[0];
            n[1] = evenA + oddA;
            n[2] = evenA - oddA;
            n[3] = evenB + oddB;
            n[4] = evenB - oddB;
            n[5] = y[3];
        }

        @Override
        public void filterGradient(float[] n, float[] g) {
            float sumA = n[1] + n[2];
            float differenceA = n[1] - n[2];
            float sumB = n[3] + n[4];
            float differenceB = n[3] - n[4];
            g[0] = fma(sumB, GB0, fma(sumA, GA0, n[0] * G0));
            g[1] = fma(differenceB, GB1, differenceA * GA1);
            g[2] = fma(sumB, GB2, fma(sumA, GA2, n[5]));
        }
    }
}
