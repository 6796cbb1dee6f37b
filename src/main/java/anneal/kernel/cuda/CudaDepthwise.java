package anneal.kernel.cuda;

import static anneal.kernel.cuda.CudaContext.suffix;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.DType;
import anneal.kernel.DepthwiseSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.Plan;
import anneal.kernel.cuda.driver.Grid;
import java.util.Arrays;
import java.util.stream.Stream;

/** Launches of kernels/depthwise.cu. */
final class CudaDepthwise {
    private static final int THREADS = 256;
    private static final int LANES = 32;
    /** Blocks of a weight gradient that there should be, and pixels that each should have. */
    private static final int FILL = 1024;
    private static final int LEAST_PIXELS = 512;
    private static final int FINISH_BLOCKS = 1024;

    private final CudaContext cuda;

    CudaDepthwise(CudaContext cuda) {
        this.cuda = cuda;
    }

    Plan plan(DepthwiseSpec s) {
        int parts = parts(s);
        long bytes = parts == 1 ? 0 : 4L * parts * s.kH() * s.kW() * s.channels();
        return new Plan("a thread a result", bytes, s.flops(), cuda.floatType().bytes() * s.elements(),
                EpilogueArguments.FUSED);
    }

    /** Into how many parts a weight gradient's sums are cut. */
    private static int parts(DepthwiseSpec s) {
        if (s.mode() != Mode.WEIGHT_GRADIENT) {
            return 1;
        }
        long blocks = (long) s.kH() * s.kW() * Fields.ceilDiv(s.channels(), LANES);
        long pixels = (long) s.n() * s.outH() * s.outW();
        return (int) Math.max(1, Math.min(pixels / LEAST_PIXELS, FILL / blocks));
    }

    void depthwise(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        switch (s.mode()) {
            case FORWARD -> windows(s, x, w, e, y, s.padding(), s.padding(), 0);
            case DATA_GRADIENT -> windows(s, y, w, e, x, s.kH() - 1 - s.padding(), s.kW() - 1 - s.padding(), 1);
            case WEIGHT_GRADIENT -> weights(s, x, w, e, y, workspace);
        }
    }

    private void windows(DepthwiseSpec s, Buf in, Buf w, Epilogue e, Buf out, int top, int left, int turned) {
        int results = Math.toIntExact(out.shape().rows());
        if (results == 0) {
            return;
        }
        var finish = EpilogueArguments.fields(out, 0, out.rowPitch(), e, 1, results, s.channels(), 1,
                out.shape().dim(1) * out.shape().dim(2), null);
        launch("depthwise_windows", CudaContext.gridFor((long) results * s.channels(), THREADS), finish, s, in, w,
                out, top, left, turned);
    }

    private void weights(DepthwiseSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        int parts = parts(s);
        int taps = s.kH() * s.kW();
        var finish = EpilogueArguments.fields(w, 0, s.channels(), e, 1, taps, s.channels(), parts, 1, workspace);
        launch("depthwise_weights", new Grid(Fields.ceilDiv(s.channels(), LANES), taps, parts), finish, s, x, y, y,
                s.padding(), s.padding(), 0);
        if (parts > 1) {
            int blocks = Math.min(FINISH_BLOCKS, Fields.ceilDiv((long) taps * s.channels(), THREADS));
            cuda.launch("mat_finish", Grid.of(blocks), THREADS, 0, Struct.of(finish));
        }
    }

    private void launch(String kernel, Grid grid, Object[] finish, DepthwiseSpec s, Buf in, Buf other, Buf windows,
                        int top, int left, int turned) {
        var d = in.shape();
        var out = windows.shape();
        var call = new Object[] {in, other, in.rowPitch(), other.rowPitch(), s.n(), d.dim(1), d.dim(2), s.channels(),
            out.dim(1), out.dim(2), s.kH(), s.kW(), top, left, turned, other.type() == DType.BF16 ? 1 : 0};
        cuda.launch(kernel + suffix(in), grid, THREADS, 0,
                Struct.of(Stream.of(finish, call).flatMap(Arrays::stream).toArray()));
    }
}
