package anneal.parity;

import anneal.kernel.Activation;
import anneal.kernel.Resample;
import anneal.parity.OpTable.Inputs;
import anneal.parity.OpTable.Operation;
import anneal.tensor.Concat;
import anneal.tensor.Conv2d;
import anneal.tensor.GroupNorm;
import anneal.tensor.NormOptions;
import anneal.tensor.Pad;
import anneal.tensor.Resampling;
import anneal.tensor.Resize;
import anneal.tensor.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Operations on images [N, C, H, W] and sequences [N, C, L]: convolutions, normalisation, resampling. */
final class ImageOps {
    private ImageOps() {
    }

    static void addTo(Map<String, Operation> table) {
        table.put("conv2d", ImageOps::conv2d);
        table.put("conv1d", ImageOps::conv1d);
        table.put("upsample_nearest2x", in -> channelsLast(in.x(), Resampling::upsampleNearest));
        table.put("avg_pool2x2", in -> channelsLast(in.x(), Resampling::averagePool));
        table.put("global_avg_pool", ImageOps::globalAverage);
        table.put("group_norm", ImageOps::groupNorm);
        table.put("layer_norm", in -> GroupNorm.layerNorm(in.x(), in.real("eps", 1e-5), in.optional("weight"),
                in.optional("bias")));
        table.put("resize", ImageOps::resize);
    }

    /** Applies {@code f}, which takes and gives [N, H, W, C], to [N, C, ..]. */
    private static Tensor channelsLast(Tensor x, UnaryOperator<Tensor> f) {
        int rank = x.rank();
        if (rank < 2 || rank > 4) {
            throw new IllegalArgumentException("an image operation on " + x.shape() + "; [N, C, H, W] is needed");
        }
        var moved = x.permute(Axes.channelsLast(rank));
        var y = f.apply(rank == 4 ? moved : moved.reshape(x.dim(0), 1, rank == 3 ? x.dim(2) : 1, x.dim(1)));
        var back = rank == 4 ? y : rank == 3 ? y.reshape(y.dim(0), y.dim(2), y.dim(3)) : y.reshape(y.dim(0), y.dim(3));
        return back.permute(Axes.channelsFirst(rank));
    }

    private static Tensor conv2d(Inputs in) {
        requirePlainConvolution(in);
        var w = in.get("weight").permute(Axes.channelsLast(4));
        return channelsLast(in.x(), x -> Conv2d.conv2d(x, w, in.optional("bias"), in.square("stride", 1),
                in.square("padding", 0)));
    }

    /** A convolution of images that are one pixel high, padded along the sequence only. */
    private static Tensor conv1d(Inputs in) {
        requirePlainConvolution(in);
        var w = in.get("weight");
        var flat = w.permute(Axes.channelsLast(3)).reshape(w.dim(0), 1, w.dim(2), w.dim(1));
        int padding = in.square("padding", 0);
        return channelsLast(in.x(), x -> Conv2d.conv2d(padding == 0 ? x : Pad.pad(x, 2, padding, padding), flat,
                in.optional("bias"), in.square("stride", 1), 0));
    }

    private static void requirePlainConvolution(Inputs in) {
        in.requireDefault("groups", "1");
        in.requireDefault("dilation", "1");
    }

    private static Tensor globalAverage(Inputs in) {
        var y = in.x();
        return y.reshape(y.dim(0), y.dim(1), -1).mean(false, 2);
    }

    private static Tensor groupNorm(Inputs in) {
        var act = in.flag("silu") ? Activation.SILU : Activation.NONE;
        var options = new NormOptions(in.number("groups", 32), in.real("eps", 1e-5), act, Resample.NONE);
        return channelsLast(in.x(), x -> GroupNorm.groupNorm(x, options, in.optional("weight"), in.optional("bias"),
                scaleShift(in)));
    }

    /** [N, 2C] from scale and shift, either of which may be absent. */
    private static Tensor scaleShift(Inputs in) {
        var scale = in.optional("scale");
        var shift = in.optional("shift");
        if (scale == null && shift == null) {
            return null;
        }
        var given = scale == null ? shift : scale;
        var zeros = given.device().zeros(given.shape());
        return Concat.concat(1, scale == null ? zeros : scale, shift == null ? zeros : shift);
    }

    private static Tensor resize(Inputs in) {
        in.requireDefault("align_corners", "false");
        var size = in.numbers("size");
        var method = switch (in.text("mode", "nearest")) {
            case "nearest" -> Resize.Method.NEAREST;
            case "area" -> Resize.Method.AREA;
            case "bilinear", "linear" -> Resize.Method.BILINEAR;
            case "bicubic" -> Resize.Method.BICUBIC;
            default -> throw new UnsupportedOperationException("resize mode '" + in.text("mode", "") + "'");
        };
        int last = size[size.length - 1];
        int height = in.x().rank() == 3 ? 1 : size[0];
        return channelsLast(in.x(), x -> Resize.resize(x, height, last, method, in.flag("antialias")));
    }
}
