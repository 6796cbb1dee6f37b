package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.Native.get;
import static anneal.kernel.cpu.Native.set;

import anneal.kernel.cpu.PolyMath;
import anneal.kernel.cpu.ScoreLanes;
import anneal.kernel.cpu.TileLanes;

/** {@link ScoreLanes} one float at a time. */
final class ScalarScores implements ScoreLanes {
    private static final long ROW = 4L * TileLanes.PANEL;

    @Override
    public void softmax(int keys, int queries, long scores, float scale, long visible, int diagonal, long state) {
        for (int i = 0; i < queries; i++) {
            long column = scores + 4L * i;
            long at = state + 4L * i;
            float before = get(at);
            float max = before;
            for (int j = 0; j < keys; j++) {
                if (sees(i, j, visible, diagonal)) {
                    float s = get(column + j * ROW) * scale;
                    max = s > max ? s : max;
                }
            }
            float base = max == Float.NEGATIVE_INFINITY ? 0 : max;
            float sum = 0;
            for (int j = 0; j < keys; j++) {
                float e = sees(i, j, visible, diagonal)
                        ? PolyMath.expOfNegative(get(column + j * ROW) * scale - base) : 0;
                set(column + j * ROW, e);
                sum += e;
            }
            float factor = PolyMath.expOfNegative(before - base);
            set(at, max);
            set(at + ROW, factor * get(at + ROW) + sum);
            set(at + 2 * ROW, factor);
        }
    }

    @Override
    public void softmaxGradient(int keys, int queries, long scores, long gradients, float scale, long visible,
                                int diagonal, long logSumExp, long delta) {
        for (int j = 0; j < keys; j++) {
            for (int i = 0; i < queries; i++) {
                long at = scores + j * ROW + 4L * i;
                long g = gradients + j * ROW + 4L * i;
                float p = sees(i, j, visible, diagonal)
                        ? PolyMath.expOfNegative(get(at) * scale - get(logSumExp + 4L * i)) : 0;
                set(at, p);
                set(g, (get(g) - get(delta + 4L * i)) * p * scale);
            }
        }
    }

    @Override
    public void innerProducts(int depth, int queries, long a, long b, long out) {
        for (int i = 0; i < queries; i++) {
            float sum = 0;
            for (int k = 0; k < depth; k++) {
                sum = Math.fma(get(a + k * ROW + 4L * i), get(b + k * ROW + 4L * i), sum);
            }
            set(out + 4L * i, sum);
        }
    }

    private static boolean sees(int query, int key, long visible, int diagonal) {
        return query + diagonal >= key && (visible == 0 || get(visible + 4L * key) != 0);
    }
}
