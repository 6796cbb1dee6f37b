package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.Resample;

/** Nearest-neighbour doubling and 2x2 means of images [n, h, w, c]. */
final class ReferenceResample {
    private ReferenceResample() {
    }

    static void run(Resample r, Buf xBuf, Buf yBuf, double alpha, double beta) {
        var x = Values.read(xBuf);
        int h = xBuf.shape().dim(1);
        int w = xBuf.shape().dim(2);
        int c = xBuf.shape().dim(3);
        int outH = r.apply(h);
        int outW = r.apply(w);
        var y = new double[Math.toIntExact(yBuf.shape().size())];
        for (int i = 0; i < y.length; i++) {
            int channel = i % c;
            int column = i / c % outW;
            int row = i / c / outW % outH;
            int image = i / c / outW / outH * h * w * c + channel;
            y[i] = switch (r) {
                case NONE -> x[i];
                case UP -> x[image + (row / 2 * w + column / 2) * c];
                case DOWN -> {
                    int corner = image + (2 * row * w + 2 * column) * c;
                    yield (x[corner] + x[corner + c] + x[corner + w * c] + x[corner + w * c + c]) / 4;
                }
            };
        }
        Values.write(alpha, y, beta, yBuf);
    }
}
