package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.Epilogue;

/**
 * Convolution from its definition: {@code y[n, i, j, o] = sum over a, b, c of w[o, a, b, c] *
 * x[n, stride i + a - padding, stride j + b - padding, c]}. The two gradients run over the same triples of an output
 * pixel, a kernel tap and an input pixel.
 */
final class ReferenceConv {
    private final ConvSpec s;

    private ReferenceConv(ConvSpec s) {
        this.s = s;
    }

    static void run(ConvSpec s, Buf x, Buf w, Epilogue e, Buf y) {
        var conv = new ReferenceConv(s);
        switch (s.mode()) {
            case FORWARD -> Values.write(conv.forward(Values.read(x), Values.read(w)), e, y);
            case DATA_GRADIENT -> Values.write(conv.dataGradient(Values.read(w), Values.read(y)), e, x);
            case WEIGHT_GRADIENT -> Values.write(conv.weightGradient(Values.read(x), Values.read(y)), e, w);
        }
    }

    private double[] forward(double[] x, double[] w) {
        var y = new double[s.n() * s.outH() * s.outW() * s.outC()];
        forEachTap((xAt, tap, yAt) -> {
            for (int o = 0; o < s.outC(); o++) {
                int wAt = weightAt(o, tap);
                double sum = 0;
                for (int c = 0; c < s.inC(); c++) {
                    sum += x[xAt + c] * w[wAt + c];
                }
                y[yAt + o] += sum;
            }
        });
        return y;
    }

    private double[] dataGradient(double[] w, double[] dy) {
        var dx = new double[s.n() * s.inH() * s.inW() * s.inC()];
        forEachTap((xAt, tap, yAt) -> {
            for (int o = 0; o < s.outC(); o++) {
                addScaled(dy[yAt + o], w, weightAt(o, tap), dx, xAt);
            }
        });
        return dx;
    }

    private double[] weightGradient(double[] x, double[] dy) {
        var dw = new double[s.outC() * s.kH() * s.kW() * s.inC()];
        forEachTap((xAt, tap, yAt) -> {
            for (int o = 0; o < s.outC(); o++) {
                addScaled(dy[yAt + o], x, xAt, dw, weightAt(o, tap));
            }
        });
        return dw;
    }

    private int weightAt(int outChannel, int tap) {
        return (outChannel * s.kH() * s.kW() + tap) * s.inC();
    }

    /** One row of input channels. */
    private void addScaled(double factor, double[] from, int fromAt, double[] to, int toAt) {
        for (int c = 0; c < s.inC(); c++) {
            to[toAt + c] += factor * from[fromAt + c];
        }
    }

    /** An input pixel's first channel, a tap's number in its window, and an output pixel's first channel. */
    private interface Tap {
        void visit(int xAt, int tap, int yAt);
    }

    /** Every pair of an output pixel and a tap whose input pixel lies inside the image; outside are zeros. */
    private void forEachTap(Tap action) {
        for (int n = 0; n < s.n(); n++) {
            for (int i = 0; i < s.outH(); i++) {
                for (int j = 0; j < s.outW(); j++) {
                    forEachTapOf(n, i, j, action);
                }
            }
        }
    }

    private void forEachTapOf(int n, int i, int j, Tap action) {
        int yAt = ((n * s.outH() + i) * s.outW() + j) * s.outC();
        for (int a = 0; a < s.kH(); a++) {
            int row = s.stride() * i + a - s.padding();
            if (row < 0 || row >= s.inH()) {
                continue;
            }
            for (int b = 0; b < s.kW(); b++) {
                int column = s.stride() * j + b - s.padding();
                if (column >= 0 && column < s.inW()) {
                    action.visit(((n * s.inH() + row) * s.inW() + column) * s.inC(), a * s.kW() + b, yAt);
                }
            }
        }
    }
}
