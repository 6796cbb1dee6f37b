package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.Plan;
import java.util.Locale;

/**
 * Convolutions as matrix products that gather their operands: kernels/conv.cu. Prologues are left to
 * {@link anneal.kernel.Lowering}.
 */
final class CudaConv {
    /** Terms a part of a window's sum has at least, and how many parts there are at most: see {@link MatTiles}. */
    private static final int LEAST_WINDOW_PART = 256;
    private static final int MOST_WINDOW_PARTS = 4;
    /** The same for a sum over pixels. */
    private static final int LEAST_PIXEL_PART = 256;
    private static final int MOST_PIXEL_PARTS = 256;

    private final CudaContext context;

    CudaConv(CudaContext context) {
        this.context = context;
    }

    Plan plan(ConvSpec s) {
        DType type = context.floatType();
        return tiles(s, MatTiles.arithmetic(context.precision(), type, type), "any")
                .plan(s.flops(), s.elements(), type.bytes());
    }

    private MatTiles tiles(ConvSpec s, String arithmetic, String layout) {
        int taps = s.kH() * s.kW();
        long outPixels = (long) s.outH() * s.outW();
        long inPixels = (long) s.inH() * s.inW();
        return switch (s.mode()) {
            case FORWARD -> window(s, arithmetic, layout, outPixels, s.outC(), taps * s.inC());
            case DATA_GRADIENT -> window(s, arithmetic, layout, inPixels, s.inC(), taps * s.outC());
            case WEIGHT_GRADIENT -> {
                int pixels = count(s.n() * outPixels);
                int terms = taps * s.inC();
                int parts = MatTiles.splits(s.outC(), terms, pixels, LEAST_PIXEL_PART, MOST_PIXEL_PARTS);
                yield MatTiles.of(arithmetic, layout, s.outC(), terms, 1, pixels, parts, context.sharedBytes());
            }
        };
    }

    /** Parts follow from one image's pixels, so that an image's bits do not depend on its batch. */
    private MatTiles window(ConvSpec s, String arithmetic, String layout, long pixels, int channels, int depth) {
        int parts = MatTiles.splits(pixels, channels, depth, LEAST_WINDOW_PART, MOST_WINDOW_PARTS);
        return MatTiles.of(arithmetic, layout, count(s.n() * pixels), channels, 1, depth, parts,
                context.sharedBytes());
    }

    private static int count(long pixels) {
        if (pixels > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a convolution over " + pixels + " pixels: at most "
                    + Integer.MAX_VALUE + " at a time");
        }
        return (int) pixels;
    }

    void conv(ConvSpec s, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        boolean chunks = switch (s.mode()) {
            case FORWARD -> MatTiles.inChunks(x, s.inC(), 0) && MatTiles.inChunks(w, s.inC(), 0);
            case DATA_GRADIENT -> MatTiles.inChunks(y, s.outC(), 0) && MatTiles.inChunks(w, s.inC(), 0);
            case WEIGHT_GRADIENT -> MatTiles.inChunks(y, s.outC(), 0) && MatTiles.inChunks(x, s.inC(), 0);
        };
        var type = switch (s.mode()) {
            case FORWARD -> MatTiles.arithmetic(context.precision(), x.type(), w.type());
            case DATA_GRADIENT -> MatTiles.arithmetic(context.precision(), y.type(), w.type());
            case WEIGHT_GRADIENT -> MatTiles.arithmetic(context.precision(), y.type(), x.type());
        };
        var t = tiles(s, type, chunks ? "chunks" : "any");
        if (t.m() == 0) {
            return;
        }
        var out = switch (s.mode()) {
            case FORWARD -> y;
            case DATA_GRADIENT -> x;
            case WEIGHT_GRADIENT -> w;
        };
        long pitch = s.mode() == ConvSpec.Mode.WEIGHT_GRADIENT ? t.n() : out.rowPitch();
        var name = s.mode().name().toLowerCase(Locale.ROOT);
        MatLaunch.run(context, "conv_" + name.replace("_gradient", ""), t,
                EpilogueArguments.fields(out, 0, pitch, e, t, s.outH() * s.outW(), workspace),
                x, w, y, x.rowPitch(), y.rowPitch(), s.n(), s.inH(), s.inW(), s.inC(), s.outH(), s.outW(), s.outC(),
                s.kH(), s.kW(), s.stride(), s.padding(), 0);
    }
}
