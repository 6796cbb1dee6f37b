package anneal.kernel.cpu.scalar;

import anneal.kernel.Activation;
import anneal.kernel.cpu.Elements;
import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.NormLanes;
import anneal.kernel.cpu.PointwiseMath;
import anneal.kernel.cpu.PolyMath;

/** Normalisation channel by channel in plain Java; also what a vector provider runs for fewer channels than lanes. */
public final class ScalarNorm implements NormLanes {
    @Override
    public void apply(Activation act, int pixels, int channels, long x, long xPitch, long mean, long a, long b,
                      long y, long yPitch) {
        for (int p = 0; p < pixels; p++) {
            for (int c = 0; c < channels; c++) {
                float v = Math.fma(at(x, p, xPitch, c) - at(mean, c), at(a, c), at(b, c));
                Native.set(y + p * yPitch + 4L * c, switch (act) {
                    case NONE -> v;
                    case SILU -> PolyMath.silu(v);
                    case RELU -> Math.max(v, 0);
                });
            }
        }
    }

    @Override
    public void spread(int pixels, int channels, long x, long xPitch, long out, long next) {
        int probes = Math.min(PROBES, pixels);
        long step = pixels / probes * xPitch;
        for (int c = 0; c < channels; c++) {
            float first = at(x, c);
            float distance = 0;
            for (int p = 1; p < probes; p++) {
                distance += at(x, p, step, c) - first;
            }
            float centre = distance * (1f / probes) + first;
            float sum = 0;
            float squares = 0;
            for (int p = 0; p < pixels; p++) {
                float d = at(x, p, xPitch, c) - centre;
                sum += d;
                squares = Math.fma(d, d, squares);
            }
            Native.set(out + 4L * c, centre);
            Native.set(out + next + 4L * c, sum);
            Native.set(out + 2 * next + 4L * c, squares);
        }
    }

    @Override
    public void moments(int n, long x, float centre, long out) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double d = at(x, i) - centre;
            sum += d;
            squares += d * d;
        }
        Elements.setDouble(out, sum);
        Elements.setDouble(out + Double.BYTES, squares);
    }

    @Override
    public void row(int n, long x, float mean, float rstd, long gamma, long beta, long y) {
        row(0, n, x, mean, rstd, gamma, beta, y);
    }

    /** The elements from {@code from} to {@code n} - 1. */
    public static void row(int from, int n, long x, float mean, float rstd, long gamma, long beta, long y) {
        for (int i = from; i < n; i++) {
            float u = (at(x, i) - mean) * rstd;
            Native.set(y + 4L * i, Math.fma(u, gamma == 0 ? 1 : at(gamma, i), beta == 0 ? 0 : at(beta, i)));
        }
    }

    @Override
    public void gradientSums(Activation act, int pixels, int channels, long x, long xPitch, long dy, long dyPitch,
                             long mean, long a, long b, long out, long second) {
        for (int c = 0; c < channels; c++) {
            float sum = 0;
            float product = 0;
            for (int p = 0; p < pixels; p++) {
                float d = at(x, p, xPitch, c) - at(mean, c);
                float dv = slope(act, Math.fma(d, at(a, c), at(b, c)), at(dy, p, dyPitch, c));
                sum += dv;
                product = Math.fma(dv, d, product);
            }
            Native.set(out + 4L * c, sum);
            Native.set(out + second + 4L * c, product);
        }
    }

    @Override
    public void gradient(Activation act, int pixels, int channels, long x, long xPitch, long dy, long dyPitch,
                         long mean, long a, long b, long k1, long k2, long k3, float dxBeta, long dx, long dxPitch) {
        gradient(act, pixels, 0, channels, x, xPitch, dy, dyPitch, mean, a, b, k1, k2, k3, dxBeta, dx, dxPitch);
    }

    /** The channels from {@code from} on. */
    public static void gradient(Activation act, int pixels, int from, int channels, long x, long xPitch, long dy,
                                long dyPitch, long mean, long a, long b, long k1, long k2, long k3, float dxBeta,
                                long dx, long dxPitch) {
        for (int p = 0; p < pixels; p++) {
            for (int c = from; c < channels; c++) {
                float d = at(x, p, xPitch, c) - at(mean, c);
                float dv = slope(act, Math.fma(d, at(a, c), at(b, c)), at(dy, p, dyPitch, c));
                float r = Math.fma(dv, at(k1, c), Math.fma(d, at(k2, c), at(k3, c)));
                long to = dx + p * dxPitch + 4L * c;
                Native.set(to, dxBeta == 0 ? r : Math.fma(Native.get(to), dxBeta, r));
            }
        }
    }

    private static float slope(Activation act, float v, float dy) {
        return switch (act) {
            case NONE -> dy;
            case SILU -> PointwiseMath.siluGradient(v, dy);
            case RELU -> v > 0 ? dy : 0;
        };
    }

    @Override
    public void rowGradient(int n, long x, float mean, float rstd, long gamma, long dy, long dGamma, long dBeta,
                            float dxBeta, long dx) {
        double sum = 0;
        double product = 0;
        for (int i = 0; i < n; i++) {
            float u = (at(x, i) - mean) * rstd;
            float g = at(dy, i);
            Native.set(dGamma + 4L * i, Math.fma(g, u, at(dGamma, i)));
            Native.set(dBeta + 4L * i, at(dBeta, i) + g);
            float t = gamma == 0 ? g : g * at(gamma, i);
            sum += t;
            product += t * u;
        }
        if (dx != 0) {
            rowGradient(0, n, x, mean, rstd, gamma, dy, (float) (sum / n), (float) (product / n), dxBeta, dx);
        }
    }

    /** The elements from {@code from} to {@code n} - 1 of dx, from the means of t and t u. */
    public static void rowGradient(int from, int n, long x, float mean, float rstd, long gamma, long dy,
                                   float meanT, float meanProduct, float dxBeta, long dx) {
        for (int i = from; i < n; i++) {
            float u = (at(x, i) - mean) * rstd;
            float t = gamma == 0 ? at(dy, i) : at(dy, i) * at(gamma, i);
            float r = rstd * Math.fma(-u, meanProduct, t - meanT);
            Native.set(dx + 4L * i, dxBeta == 0 ? r : Math.fma(at(dx, i), dxBeta, r));
        }
    }

    @Override
    public void average(int pixels, int channels, long top, long bottom, long xPitch, long y, long yPitch) {
        for (int p = 0; p < pixels; p++) {
            for (int c = 0; c < channels; c++) {
                float above = at(top, 2 * p, xPitch, c) + at(top, 2 * p + 1, xPitch, c);
                float below = at(bottom, 2 * p, xPitch, c) + at(bottom, 2 * p + 1, xPitch, c);
                Native.set(y + p * yPitch + 4L * c, 0.25f * (above + below));
            }
        }
    }

    private static float at(long address, int i) {
        return Native.get(address + 4L * i);
    }

    private static float at(long address, int pixel, long pitch, int channel) {
        return Native.get(address + pixel * pitch + 4L * channel);
    }
}
