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
        x = on.upload(pixels, d);
        w = on.upload(weights, channels, KERNEL, KERNEL, channels);
        y = on.upload(on.uniform(pixels.length), d);
        if (mode == Mode.FORWARD) {
            check(on, pixels, weights);
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

    /** The pixel (1, 1) of the first image, in the last channel, where the window lies wholly inside. */
    private void check(DeviceState on, float[] pixels, float[] weights) {
        convolve(on);
        int channels = spec.inC();
        int last = spec.outC() - 1;
        double expected = 0;
        for (int i = 0; i < KERNEL; i++) {
            for (int j = 0; j < KERNEL; j++) {
                for (int c = 0; c < channels; c++) {
                    expected += (double) pixels[(i * spec.inW() + j) * channels + c]
                            * weights[((last * KERNEL + i) * KERNEL + j) * channels + c];
                }
            }
        }
        double computed = on.backend().downloadDoubles(y)[(spec.inW() + 1) * channels + last];
        DeviceState.check("the convolution", computed, expected, KERNEL * KERNEL * channels);
    }
}
