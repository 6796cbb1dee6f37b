package anneal.study.ladder;

import static anneal.study.ladder.GemmProblem.parts;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.driver.Grid;
import java.util.List;

/** y = conv(x, w), 3x3 with a border of zeros: x [n, h, w, c], weights [filters, 3, 3, c], y [n, h, w, filters]. */
public final class ConvProblem extends Problem {
    private static final int CHUNK = 8;

    private final ConvSpec spec;
    private final Operand x;
    private final Operand weights;
    private final Buf y;

    /** @param c channels, a multiple of 8, which the rungs on tensor cores load at once */
    public ConvProblem(CudaBackend device, int n, int h, int w, int c, int filters) {
        super(device);
        if (c % CHUNK != 0) {
            throw new IllegalArgumentException("a convolution of " + c + " channels; a multiple of " + CHUNK + " is needed");
        }
        spec = new ConvSpec(ConvSpec.Mode.FORWARD, n, h, w, c, filters, 3, 3, 1, 1);
        x = random(DType.BF16, 1, 0, n, h, w, c);
        weights = random(DType.BF16, 1, 0, filters, 3, 3, c);
        y = empty(DType.BF16, Shape.of(n, h, w, filters));
    }

    @Override
    public String shape() {
        return "%dx%dx%dx%d to %d, 3x3".formatted(spec.n(), spec.inH(), spec.inW(), spec.inC(), spec.outC());
    }

    @Override
    public double flops() {
        return 2.0 * 9 * spec.inC() * y.shape().size();
    }

    @Override
    public double bytes() {
        return 2.0 * (x.device().shape().size() + weights.device().shape().size() + y.shape().size());
    }

    @Override
    Buf result() {
        return y;
    }

    @Override
    double[] answer() {
        var out = answerBuffer(y.shape());
        reference.kernels().conv(spec, Prologue.NONE, x.reference(), weights.reference(), Epilogue.NONE, out, null);
        return reference.downloadDoubles(out);
    }

    @Override
    public List<Rung> rungs() {
        return List.of(
                rung("conv1_naive", "a thread for each result", 32, 8, 256),
                rung("conv2_shared", "an implicit matrix product, tiles in shared memory", 16, 16, 256),
                rung("conv3_registers", "4 x 4 results a thread", 64, 64, 256),
                rung("conv4_tensor_cores", "tensor cores, eight channels a load", 64, 64, 128),
                rung("conv5_pipeline", "copies beside the arithmetic", 64, 64, 128),
                new Rung("ships", "larger tiles, any window and stride, prologue and epilogue", this::shipped));
    }

    private Rung rung(String file, String what, int pixels, int filters, int block) {
        var grid = Grid.of(parts((long) spec.n() * spec.inH() * spec.inW(), pixels), parts(spec.outC(), filters));
        return new Rung(file, what, () -> device.launch("ladder_" + file.substring(0, file.indexOf('_')), grid, block, 0,
                x.device(), weights.device(), y, spec.n(), spec.inH(), spec.inW(), spec.inC(), spec.outC()));
    }

    private void shipped() {
        long bytes = device.kernels().plan(spec).workspaceBytes();
        var workspace = bytes == 0 ? null : empty(DType.F32, Shape.of((int) (bytes / DType.F32.bytes()) + 1));
        try {
            device.kernels().conv(spec, Prologue.NONE, x.device(), weights.device(), Epilogue.NONE, y, workspace);
        } finally {
            if (workspace != null) {
                workspace.storage().release();
            }
        }
    }
}
