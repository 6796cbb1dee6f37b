package anneal.bench;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.Epilogue;
import anneal.kernel.Prologue;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A 3x3 convolution that keeps the extent, in each of its three modes; the flops are those of the direct algorithm. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class ConvolutionBenchmark {

    private static final int KERNEL = 3;

    /** Images, extent and channels, in and out the same: N x H x W x C. */
    @Param({"8x32x32x128", "8x16x16x128", "1x32x32x128"})
    public String images;

    @Param({"FORWARD", "DATA_GRADIENT", "WEIGHT_GRADIENT"})
    public Mode mode;

    private ConvSpec spec;
    private Buf x;
    private Buf w;
    private Buf y;

    @Setup(Level.Trial)
    public void fill(DeviceState on) {
        var d = Arrays.stream(images.split("x")).mapToInt(Integer::parseInt).toArray();
        int channels = d[3];
        spec = new ConvSpec(mode, d[0], d[1], d[2], channels, channels, KERNEL, KERNEL, 1, 1);
        var pixels = on.uniform(d[0] * d[1] * d[2] * channels);
        var weights = on.uniform(channels * KERNEL * KERNEL * channels);
        var results = on.uniform(pixels.length);
        x = on.upload(pixels, d);
        w = on.upload(weights, channels, KERNEL, KERNEL, channels);
        y = on.upload(results, d);
        convolve(on);
        switch (mode) {
            case FORWARD -> check(on, y, pixel(1, 1), window(pixels, weights));
            case DATA_GRADIENT -> check(on, x, pixel(1, 1), transposedWindow(results, weights));
            case WEIGHT_GRADIENT -> check(on, w, weights.length - KERNEL * KERNEL * channels, corner(pixels, results));
        }
    }

    @Benchmark
    public void convolution(DeviceState on, Work work) {
        convolve(on);
        work.add(spec.flops());
    }

    private void convolve(DeviceState on) {
        on.lowering().conv(spec, Prologue.NONE, x, w, Epilogue.NONE, y);
        on.backend().synchronize();
    }

    private void check(DeviceState on, Buf computed, int element, double expected) {
        int terms = mode == Mode.WEIGHT_GRADIENT ? spec.n() * spec.inH() * spec.inW() : KERNEL * KERNEL * spec.inC();
        DeviceState.check(mode.toString(), on.backend().downloadDoubles(computed)[element], expected, terms);
    }

    /** Index of channel 0 of a pixel of the first image. */
    private int pixel(int row, int column) {
        return (row * spec.inW() + column) * spec.inC();
    }

    /** Channel 0 of the result's pixel (1, 1), whose window lies wholly inside. */
    private double window(float[] pixels, float[] weights) {
        double sum = 0;
        for (int i = 0; i < KERNEL; i++) {
            for (int j = 0; j < KERNEL; j++) {
                for (int c = 0; c < spec.inC(); c++) {
                    sum += (double) pixels[pixel(i, j) + c] * weights[(i * KERNEL + j) * spec.inC() + c];
                }
            }
        }
        return sum;
    }

    /** Channel 0 of the gradient at pixel (1, 1): every result that it had a part in. */
    private double transposedWindow(float[] gradients, float[] weights) {
        double sum = 0;
        for (int i = 0; i < KERNEL; i++) {
            for (int j = 0; j < KERNEL; j++) {
                for (int o = 0; o < spec.outC(); o++) {
                    sum += (double) gradients[pixel(KERNEL - 1 - i, KERNEL - 1 - j) + o]
                            * weights[((o * KERNEL + i) * KERNEL + j) * spec.inC()];
                }
            }
        }
        return sum;
    }

    /** The gradient of the last filter's upper left weight of channel 0: all pixels but the last row and column. */
    private double corner(float[] pixels, float[] gradients) {
        int image = spec.inH() * spec.inW() * spec.inC();
        double sum = 0;
        for (int n = 0; n < spec.n(); n++) {
            for (int i = 1; i < spec.outH(); i++) {
                for (int j = 1; j < spec.outW(); j++) {
                    sum += (double) pixels[n * image + pixel(i - 1, j - 1)]
                            * gradients[n * image + pixel(i, j) + spec.outC() - 1];
                }
            }
        }
        return sum;
    }
}
