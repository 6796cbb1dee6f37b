package anneal.bench;

import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The product of two square matrices, as stored (NN) and with the second one transposed (NT, a linear layer). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class GemmBenchmark {

    /** Rows, columns and inner extent. */
    @Param({"256", "1024"})
    public int size;

    @Param({"NN", "NT"})
    public String layout;

    private GemmSpec spec;
    private Buf a;
    private Buf b;
    private Buf c;

    @Setup(Level.Trial)
    public void fill(DeviceState on) {
        boolean transposed = layout.equals("NT");
        spec = GemmSpec.of(size, size, size, false, transposed);
        var left = on.uniform(size * size);
        var right = on.uniform(size * size);
        a = on.upload(left, size, size);
        b = on.upload(right, size, size);
        c = on.buffer(size, size);
        multiply(on);
        int row = size / 3;
        int column = size - 2;
        double expected = 0;
        for (int k = 0; k < size; k++) {
            int inRight = transposed ? column * size + k : k * size + column;
            expected += (double) left[row * size + k] * right[inRight];
        }
        double computed = on.backend().downloadDoubles(c)[row * size + column];
        DeviceState.check("the product", computed, expected, size);
    }

    @Benchmark
    public void gemm(DeviceState on, Work work) {
        multiply(on);
        work.add(spec.flops());
    }

    private void multiply(DeviceState on) {
        on.lowering().gemm(spec, a, b, Epilogue.NONE, c);
        on.backend().synchronize();
    }
}
