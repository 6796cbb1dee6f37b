package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.DepthwiseSpec;
import anneal.kernel.Epilogue;

/**
 * Depthwise convolution from its definition: {@code y[n, i, j, c] = sum over a, b of w[a, b, c] *
 * x[n, i + a - padding, j + b - padding, c]}. The two gradients run over the same triples of
 * an input pixel, a tap and an output pixel.
 */
final class ReferenceDepthwise {
    private ReferenceDepthwise() {
    }

    static void run(DepthwiseSpec s, Buf xBuf, Buf wBuf, Epilogue e, Buf yBuf) {
        double[] x = s.mode() == Mode.DATA_GRADIENT ? zeros(xBuf) : Values.read(xBuf);
        double[] w = s.mode() == Mode.WEIGHT_GRADIENT ? zeros(wBuf) : Values.read(wBuf);
        double[] y = s.mode() == Mode.FORWARD ? zeros(yBuf) : Values.read(yBuf);
        switch (s.mode()) {
            case FORWARD -> {
                forEachTerm(s, (xAt, wAt, yAt) -> y[yAt] += x[xAt] * w[wAt]);
                Values.write(y, e, yBuf);
            }
            case DATA_GRADIENT -> {
                forEachTerm(s, (xAt, wAt, yAt) -> x[xAt] += y[yAt] * w[wAt]);
                Values.write(x, e, xBuf);
            }
            case WEIGHT_GRADIENT -> {
                forEachTerm(s, (xAt, wAt, yAt) -> w[wAt] += x[xAt] * y[yAt]);
                Values.write(w, e, wBuf);
            }
        }
    }

    private static double[] zeros(Buf b) {
        return new double[Math.toIntExact(b.shape().size())];
    }

    /** Places of one channel's input pixel, tap and output pixel. */
    private interface Term {
        void add(int xAt, int wAt, int yAt);
    }

    /** Every term whose input pixel lies inside the image; outside are zeros. */
    private static void forEachTerm(DepthwiseSpec s, Term term) {
        int c = s.channels();
        for (int yPixel = 0; yPixel < s.n() * s.outH() * s.outW(); yPixel++) {
            int j = yPixel % s.outW();
            int i = yPixel / s.outW() % s.outH();
            int image = yPixel / s.outW() / s.outH();
            for (int tap = 0; tap < s.kH() * s.kW(); tap++) {
                int row = i + tap / s.kW() - s.padding();
                int column = j + tap % s.kW() - s.padding();
                if (row >= 0 && row < s.h() && column >= 0 && column < s.w()) {
                    int xPixel = (image * s.h() + row) * s.w() + column;
                    for (int k = 0; k < c; k++) {
                        term.add(xPixel * c + k, tap * c + k, yPixel * c + k);
                    }
                }
            }
        }
    }
}
