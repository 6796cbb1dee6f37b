package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.Epilogue;
import anneal.kernel.Plan;
import anneal.kernel.Prologue;
import java.util.function.LongConsumer;

/**
 * Convolution: lays out padded images and packed weights in the workspace, some samples at a time, and hands them to
 * {@link ConvProduct} (forward, data gradient) or {@link ConvGradient}.
 *
 * <p>With fewer output pixels than output channels it is cheaper to pack the windows than the weights. That changes
 * which operand of each multiplication comes first, and nothing else, so a sample's bits do not depend on its batch.
 */
final class CpuConv {
    /** Padded images are made for about so many bytes at a time. */
    static final long GROUP_BYTES = 64 << 20;

    private final CpuContext context;
    private final Product product;

    CpuConv(CpuContext context) {
        this.context = context;
        this.product = new Product(context);
    }

    Plan plan(ConvSpec s) {
        if (byPhases(s)) {
            return new Plan("direct, by phases", new StridedDataGradient(context, s).bytes() + Native.ALIGNMENT,
                    s.flops(), 4 * s.elements(), Plan.ALL);
        }
        var layout = layout(s);
        return new Plan(layout.algorithm(), layout.bytes() + Native.ALIGNMENT, s.flops(), 4 * s.elements(), Plan.ALL);
    }

    private static boolean byPhases(ConvSpec s) {
        return s.mode() == ConvSpec.Mode.DATA_GRADIENT && s.stride() > 1;
    }

    private Layout layout(ConvSpec s) {
        return Layout.of(context, s, WinogradTile.of(context.convolution(), s));
    }

    /**
     * What lies in the workspace: first panels (or, for a weight gradient, sums), then turned or transformed weights
     * where they are not in the panels, then padded images.
     *
     * @param group images at a time
     * @param tile  of Winograd's convolution; null for a direct one
     * @param dots  whether {@link ConvDots} computes it
     */
    private record Layout(int group, int height, int width, int channels, WinogradTile tile, boolean dots,
                          boolean packsWindows, long panelBytes, long turnedBytes) {
        static Layout of(CpuContext context, ConvSpec s, WinogradTile tile) {
            boolean data = s.mode() == ConvSpec.Mode.DATA_GRADIENT;
            int height = data ? s.inH() + s.kH() - 1 : s.inH() + 2 * s.padding();
            int width = data ? s.inW() + s.kW() - 1 : s.inW() + 2 * s.padding();
            if (tile != null) {
                height = tile.padded(s.inH());
                width = tile.padded(s.inW());
            }
            int channels = data ? s.outC() : s.inC();
            long image = 4 * PaddedInput.floats(1, height, width, channels);
            int group = (int) Math.max(1, Math.min(s.n(), GROUP_BYTES / image));
            if (s.mode() == ConvSpec.Mode.WEIGHT_GRADIENT) {
                return new Layout(group, height, width, channels, tile, false, false,
                        4 * slices(s, tile) * new ConvGradient(null, s).floats(), 0);
            }
            long pixels = data ? (long) s.inH() * s.inW() : (long) s.outH() * s.outW();
            int results = data ? s.inC() : s.outC();
            long depth = (long) s.kH() * s.kW() * channels;
            if (tile != null) {
                return new Layout(group, height, width, channels, tile, false, false,
                        4 * Product.panelFloats(results, depth), WinogradProduct.filterBytes(tile, channels, results));
            }
            if (ConvDots.pays(context, channels, results)) {
                return new Layout(group, height, width, channels, null, true, false, 0,
                        data ? 4 * depth * results : 0);
            }
            boolean packsWindows = group * pixels < results;
            return new Layout(group, height, width, channels, null, false, packsWindows,
                    4 * Product.panelFloats(packsWindows ? group * pixels : results, depth),
                    data && packsWindows ? 4 * depth * results : 0);
        }

        /** Sums of a weight gradient that are made apart. */
        static int slices(ConvSpec s, WinogradTile tile) {
            return tile != null ? new WinogradGradient(null, tile, s).slices() : new ConvGradient(null, s).slices();
        }

        String algorithm() {
            return tile != null ? tile.toString() : dots ? "direct, inner products"
                    : packsWindows ? "direct, windows packed" : "direct";
        }

        long turned() {
            return Native.align(panelBytes);
        }

        /** Where the prepared weights are, and how large. */
        long ready() {
            return turnedBytes > 0 ? turned() : 0;
        }

        long readyBytes() {
            return turnedBytes > 0 ? turnedBytes : panelBytes;
        }

        long images() {
            return turned() + Native.align(turnedBytes);
        }

        long bytes() {
            return images() + 4 * PaddedInput.floats(group, height, width, channels);
        }
    }

    void run(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, Buf workspace) {
        long work = Output.workspace(workspace, plan(s));
        switch (s.mode()) {
            case FORWARD -> {
                var output = Output.of(context.lanes().panels(), y, e, (long) s.outH() * s.outW());
                forward(s, p, x, w, output, work);
            }
            case DATA_GRADIENT -> {
                if (byPhases(s)) {
                    new StridedDataGradient(context, s).run(x, w, e, y, work);
                } else {
                    data(s, x, w, e, y, work);
                }
            }
            case WEIGHT_GRADIENT -> weight(s, p, x, w, e, y, work);
        }
    }

    private WinogradProduct winograd(WinogradTile tile, ConvProduct c) {
        return new WinogradProduct(context, tile, c.outH(), c.outW(), c.inC(), c.outC());
    }

    /** The product that makes y or, from gradients, x. */
    private ConvProduct product(ConvSpec s) {
        return s.mode() == ConvSpec.Mode.FORWARD
                ? new ConvProduct(context, s.outH(), s.outW(), s.inC(), s.outC(), s.kH(), s.kW(), s.stride())
                : new ConvProduct(context, s.inH(), s.inW(), s.outC(), s.inC(), s.kH(), s.kW(), 1);
    }

    /** What the convolution can read as it is stored. */
    private static boolean readsInPlace(ConvSpec s, Prologue p, Buf x) {
        return p.isIdentity() && s.padding() == 0 && (s.kW() == 1 || x.rowPitch() == s.inC());
    }

    private void forward(ConvSpec s, Prologue p, Buf x, Buf w, Output output, long work) {
        var layout = layout(s);
        var conv = product(s);
        boolean inPlace = readsInPlace(s, p, x);
        long weights = layout.dots || layout.packsWindows ? w.address() : ready(s, layout, w, work, to -> {
            long panels = layout.tile == null ? to : work;
            product.pack(1, s.outC(), conv.depth(), true, w.address(), 0, 4L * conv.depth(),
                    new Product.Right(panels, 0));
            if (layout.tile != null) {
                winograd(layout.tile, conv).transform(panels, to);
            }
        });
        groups(s, layout, (first, count) -> {
            var padded = PaddedInput.dense(work + layout.images(), layout.height, layout.width, layout.channels);
            if (!inPlace) {
                padded.fill(context, p, x, first, count, s.padding());
            }
            multiply(conv, layout, inPlace ? PaddedInput.view(x, first) : padded, first, count,
                    new Product.Left(weights, 0, 4L * conv.depth(), 4), output, work);
        });
    }

    private void data(ConvSpec s, Buf x, Buf w, Epilogue e, Buf y, long work) {
        var layout = layout(s);
        var conv = product(s);
        var output = Output.of(context.lanes().panels(), x, e, (long) s.inH() * s.inW());
        boolean inPlace = s.kH() == 1 && s.kW() == 1 && s.padding() == 0;
        long weights = ready(s, layout, w, work, to -> turn(s, layout, conv, w.address(), work, to));
        groups(s, layout, (first, count) -> {
            var padded = PaddedInput.dense(work + layout.images(), layout.height, layout.width, layout.channels);
            if (!inPlace) {
                padded.surround(context, y, first, count, s.kH() - 1 - s.padding(), s.kW() - 1 - s.padding());
            }
            multiply(conv, layout, inPlace ? PaddedInput.view(y, first) : padded, first, count,
                    new Product.Left(weights, 0, 4, 4L * s.inC()), output, work);
        });
    }

    /** Turned weights as the data gradient reads them. */
    private void turn(ConvSpec s, Layout layout, ConvProduct conv, long w, long work, long to) {
        if (layout.tile != null) {
            turnPanels(s, w, work);
            winograd(layout.tile, conv).transform(work, to);
        } else if (layout.dots) {
            turnResults(s, w, to);
        } else if (layout.packsWindows) {
            turnRows(s, w, to);
        } else {
            turnPanels(s, w, to);
        }
    }

    /** Where the weights lie once they are prepared: kept from an earlier call, or in the workspace. */
    private long ready(ConvSpec s, Layout layout, Buf w, long work, LongConsumer prepare) {
        long kept = context.prepared().of(w, s, layout.algorithm(), layout.readyBytes(), prepare);
        if (kept != 0) {
            return kept;
        }
        long here = work + layout.ready();
        prepare.accept(here);
        return here;
    }

    private void multiply(ConvProduct conv, Layout layout, PaddedInput input, int first, int count,
                          Product.Left weights, Output output, long work) {
        long pixels = (long) conv.outH() * conv.outW();
        if (layout.tile != null) {
            winograd(layout.tile, conv).run(input, count, weights.base(), output, first * pixels);
        } else if (layout.dots) {
            new ConvDots(context, conv).run(input, count, weights.base(), output, first * pixels);
        } else if (layout.packsWindows) {
            conv.packWindows(input, count, work);
            product.run(conv.outC(), Math.toIntExact(count * pixels), conv.parts(), weights,
                    new Product.Right(work, 0), true, new Output[] {output.from(first * pixels)});
        } else if (conv.kH() == 1 && conv.kW() == 1 && conv.stride() == 1) {
            var rows = new Product.Left(input.base(), 0, input.pixel(), 4);
            product.run(Math.toIntExact(count * pixels), conv.outC(), conv.parts(), rows,
                    new Product.Right(weights.base(), 0), false, new Output[] {output.from(first * pixels)});
        } else {
            conv.run(input, count, weights.base(), output, first * pixels);
        }
    }

    private void weight(ConvSpec s, Prologue p, Buf x, Buf w, Epilogue e, Buf y, long work) {
        var layout = layout(s);
        var gradient = new ConvGradient(context, s);
        boolean inPlace = readsInPlace(s, p, x);
        if (s.n() == 0) {
            Native.clear(work, layout.panelBytes);
        }
        groups(s, layout, (first, count) -> {
            var padded = PaddedInput.dense(work + layout.images(), layout.height, layout.width, layout.channels);
            if (!inPlace) {
                padded.fill(context, p, x, first, count, s.padding());
            }
            long dy = y.address() + (long) first * s.outH() * s.outW() * Output.pitch(y);
            if (layout.tile != null) {
                new WinogradGradient(context, layout.tile, s).accumulate(padded, count, dy, Output.pitch(y), work,
                        first > 0);
            } else {
                gradient.accumulate(inPlace ? PaddedInput.view(x, first) : padded, count, dy, Output.pitch(y), work,
                        first > 0);
            }
        });
        gradient.finish(Layout.slices(s, layout.tile), work, w.address(), (float) e.alpha(), (float) e.beta());
    }

    private interface Group {
        void run(int first, int count);
    }

    private static void groups(ConvSpec s, Layout layout, Group group) {
        for (int first = 0; first < s.n(); first += layout.group) {
            group.run(first, Math.min(layout.group, s.n() - first));
        }
    }

    /** Panels of the turned kernel: depth (tap from the last to the first, output channel), columns input channels. */
    private void turnPanels(ConvSpec s, long w, long to) {
        int taps = s.kH() * s.kW();
        int panels = (s.inC() + PANEL - 1) / PANEL;
        context.threads().run(panels * taps, (task, worker) -> {
            int panel = task / taps;
            int tap = task % taps;
            context.lanes().panels().copy(s.outC(), Math.min(PANEL, s.inC() - panel * PANEL),
                    w + 4L * (taps - 1 - tap) * s.inC() + panel * ROW, 4L * taps * s.inC(),
                    to + ((long) panel * taps + tap) * s.outC() * ROW, ROW);
        });
    }

    /** The same as one matrix [tap, output channel][input channel]. */
    private void turnRows(ConvSpec s, long w, long to) {
        int taps = s.kH() * s.kW();
        context.threads().run(taps, (tap, worker) -> context.lanes().panels().copy(s.outC(), s.inC(),
                w + 4L * (taps - 1 - tap) * s.inC(), 4L * taps * s.inC(),
                to + 4L * tap * s.outC() * s.inC(), 4L * s.inC()));
    }

    /** The same as {@code [input channel][tap, output channel]}. */
    private void turnResults(ConvSpec s, long w, long to) {
        int taps = s.kH() * s.kW();
        context.threads().run(taps, (tap, worker) -> context.lanes().panels().transpose(s.outC(), s.inC(),
                w + 4L * (taps - 1 - tap) * s.inC(), 4L * taps * s.inC(),
                to + 4L * tap * s.outC(), 4L * taps * s.outC()));
    }
}
