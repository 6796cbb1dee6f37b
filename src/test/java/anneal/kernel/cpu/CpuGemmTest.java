package anneal.kernel.cpu;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.GemmSpec;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class CpuGemmTest {
    private static int extent(Random random) {
        int[] some = {1, 2, 3, 5, 6, 8, 17, 31, 64, 65, 97, 130, 200};
        return some[random.nextInt(some.length)];
    }

    @RepeatedTest(60)
    void agreesWithTheReference(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        try (var twin = new Twin(random)) {
            int batch = random.nextInt(3) == 0 ? 3 : 1;
            int m = extent(random);
            int n = extent(random);
            int k = random.nextInt(15) == 0 ? 2500 : extent(random);
            boolean transA = random.nextBoolean();
            boolean transB = random.nextBoolean();
            boolean sharedA = batch > 1 && random.nextBoolean();
            boolean sharedB = batch > 1 && random.nextBoolean();
            var a = twin.pitched(random.nextInt(3), sharedA ? 1 : batch, transA ? k : m, transA ? m : k);
            var b = twin.pitched(random.nextInt(3), sharedB ? 1 : batch, transB ? n : k, transB ? k : n);
            var c = twin.pitched(batch > 1 ? 0 : random.nextInt(3), batch, m, n);
            var bias = random.nextBoolean() ? twin.normal(n) : null;
            var residual = random.nextBoolean() ? twin.pitched(2, batch, m, n) : null;
            var act = Activation.values()[random.nextInt(3)];
            double alpha = random.nextBoolean() ? 1 : 0.7;
            double beta = random.nextBoolean() ? 0 : -0.3;
            var spec = new GemmSpec(batch, m, n, k, transA, transB, stride(a, sharedA), stride(b, sharedB),
                    stride(c, false));
            var truth = new Epilogue(bias == null ? null : bias.truth(), null,
                    residual == null ? null : residual.truth(), alpha, beta, act);
            twin.lowering.gemm(spec, a.truth(), b.truth(), truth, c.truth());
            twin.check(spec.toString(), 2e-6, side -> {
                var e = new Epilogue(side.buf(bias), null, side.buf(residual), alpha, beta, act);
                var gemm = new CpuGemm(side.context);
                var out = side.buf(c);
                gemm.run(spec, side.buf(a), side.buf(b), e, out, side.workspace(gemm.plan(spec)));
                return new Buf[] {out};
            }, c.truth());
        }
    }

    private static long stride(Twin.Operand o, boolean shared) {
        return shared ? 0 : (long) o.shape().dim(1) * o.pitch();
    }
}
