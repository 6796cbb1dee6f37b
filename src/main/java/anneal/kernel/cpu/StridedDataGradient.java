package anneal.kernel.cpu;

import static anneal.kernel.cpu.Product.ROW;
import static anneal.kernel.cpu.TileLanes.PANEL;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.ConvSpec;
import anneal.kernel.Epilogue;

/**
 * The data gradient of a convolution with a stride. Input pixels whose rows and columns leave the same remainders by
 * the stride have met the same taps of the kernel, so each such phase is a convolution of its own of the output
 * gradients, with stride 1 and these taps turned round: no multiplication by zeros that would lie between gradients.
 */
final class StridedDataGradient {
    private final CpuContext context;
    private final ConvSpec s;
    private final Axis rows;
    private final Axis columns;
    private final int group;

    StridedDataGradient(CpuContext context, ConvSpec s) {
        this.context = context;
        this.s = s;
        rows = new Axis(s.inH(), s.outH(), s.kH(), s.stride(), s.padding());
        columns = new Axis(s.inW(), s.outW(), s.kW(), s.stride(), s.padding());
        group = (int) Math.max(1, Math.min(s.n(), CpuConv.GROUP_BYTES / (4 * (imageFloats() + resultFloats()))));
    }

    /** Pixels {@code remainder}, {@code remainder + stride}, ... of one axis: how many, and which taps they met. */
    private record Phase(int remainder, int pixels, int firstTap, int taps, int start) {
    }

    /** One of the two axes; {@code start} of a phase is where its first window begins among the gradients. */
    private record Axis(int extent, int outExtent, int kernel, int stride, int padding) {
        Phase phase(int remainder) {
            int pixels = Math.max(0, (extent - remainder + stride - 1) / stride);
            int firstTap = (remainder + padding) % stride;
            int taps = firstTap < kernel ? (kernel - firstTap + stride - 1) / stride : 0;
            return new Phase(remainder, pixels, firstTap, taps, (remainder + padding) / stride - taps + 1);
        }

        /** Zeros before the gradients, so that no window begins outside. */
        int before() {
            int most = 0;
            for (int r = 0; r < stride; r++) {
                most = Math.max(most, -phase(r).start);
            }
            return most;
        }

        /** The gradients with the zeros that windows reach on both sides. */
        int padded() {
            int end = outExtent;
            for (int r = 0; r < stride; r++) {
                var p = phase(r);
                end = Math.max(end, p.start + p.pixels + p.taps - 1);
            }
            return before() + end;
        }

        int mostTaps() {
            return (kernel + stride - 1) / stride;
        }

        int mostPixels() {
            return (extent + stride - 1) / stride;
        }
    }

    private long imageFloats() {
        return PaddedInput.floats(1, rows.padded(), columns.padded(), s.outC());
    }

    private long resultFloats() {
        return (long) rows.mostPixels() * columns.mostPixels() * s.inC();
    }

    private long panelBytes() {
        return Native.align(4 * Product.panelFloats(s.inC(), (long) rows.mostTaps() * columns.mostTaps() * s.outC()));
    }

    /** Scratch: one phase's weights as panels, some images of gradients with their border, one phase's results. */
    long bytes() {
        return panelBytes() + Native.align(4 * group * imageFloats()) + 4 * group * resultFloats();
    }

    /** {@code x = alpha * gradient + beta * x}. */
    void run(Buf x, Buf w, Epilogue e, Buf y, long work) {
        var padded = PaddedInput.dense(work + panelBytes(), rows.padded(), columns.padded(), s.outC());
        long results = work + panelBytes() + Native.align(4 * group * imageFloats());
        for (int first = 0; first < s.n(); first += group) {
            int count = Math.min(group, s.n() - first);
            padded.surround(context, y, first, count, rows.before(), columns.before());
            for (int i = 0; i < s.stride(); i++) {
                for (int j = 0; j < s.stride(); j++) {
                    phase(rows.phase(i), columns.phase(j), padded, first, count, x, w, e, work, results);
                }
            }
        }
    }

    private void phase(Phase h, Phase v, PaddedInput padded, int first, int count, Buf x, Buf w, Epilogue e,
                       long panels, long results) {
        if (h.pixels == 0 || v.pixels == 0) {
            return;
        }
        if (h.taps == 0 || v.taps == 0) {
            Native.clear(results, 4L * count * h.pixels * v.pixels * s.inC());
        } else {
            pack(h, v, w.address(), panels);
            var product = new ConvProduct(context, h.pixels, v.pixels, s.outC(), s.inC(), h.taps, v.taps, 1);
            var windows = new PaddedInput(padded.base() + (rows.before() + h.start) * padded.row()
                    + (columns.before() + v.start) * padded.pixel(), padded.image(), padded.row(), padded.pixel());
            product.run(windows, count, panels, new Output(context.lanes().panels(), results, 4L * s.inC(), 0, 0, 0,
                    (long) h.pixels * v.pixels, 0, 0, 1, 0, Activation.NONE), 0);
        }
        spread(h, v, first, count, x, e, results);
    }

    /** Panels of the phase's taps, from the last to the first. */
    private void pack(Phase h, Phase v, long w, long to) {
        int taps = h.taps * v.taps;
        int panels = (s.inC() + PANEL - 1) / PANEL;
        context.threads().run(panels * taps, (task, worker) -> {
            int panel = task / taps;
            int tap = task % taps;
            long kh = h.firstTap + (long) s.stride() * (h.taps - 1 - tap / v.taps);
            long kw = v.firstTap + (long) s.stride() * (v.taps - 1 - tap % v.taps);
            context.lanes().panels().copy(s.outC(), Math.min(PANEL, s.inC() - panel * PANEL),
                    w + 4L * (kh * s.kW() + kw) * s.inC() + panel * ROW, 4L * s.kH() * s.kW() * s.inC(),
                    to + ((long) panel * taps + tap) * s.outC() * ROW, ROW);
        });
    }

    /** Puts the phase's results where its pixels are. */
    private void spread(Phase h, Phase v, int first, int count, Buf x, Epilogue e, long results) {
        long pixel = Output.pitch(x);
        context.threads().run(count * h.pixels, (task, worker) -> {
            long sample = first + task / h.pixels;
            long row = h.remainder + (long) s.stride() * (task % h.pixels);
            long to = x.address() + ((sample * s.inH() + row) * s.inW() + v.remainder) * pixel;
            context.lanes().panels().finish(v.pixels, s.inC(), results + 4L * task * v.pixels * s.inC(), 4L * s.inC(),
                    to, s.stride() * pixel, 0, 0, 0, 0, (float) e.alpha(), (float) e.beta(), Activation.NONE);
        });
    }
}
