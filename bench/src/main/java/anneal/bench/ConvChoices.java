package anneal.bench;

import anneal.kernel.ConvAlgorithm;
import anneal.kernel.ConvSpec;
import anneal.kernel.ConvSpec.Mode;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import java.util.ArrayList;
import java.util.Locale;

/**
 * Prints which algorithm the cpu device chooses for the convolutions of the networks that are compared here. It follows
 * from shape and mode alone, so nothing is timed. Arguments: names of {@link ConvAlgorithm}, a table each.
 */
public final class ConvChoices {

    /** N, H = W, input channels, output channels, kernel, stride. */
    private static final int[][] SHAPES = {
        {8, 32, 3, 64, 3, 1}, {8, 32, 64, 64, 3, 1}, {8, 32, 128, 128, 3, 1}, {8, 32, 128, 128, 3, 2},
        {8, 16, 128, 128, 3, 1}, {8, 16, 256, 128, 1, 1}, {8, 8, 128, 128, 3, 1}, {8, 4, 256, 256, 3, 1},
        {8, 32, 64, 6, 3, 1}, {1, 32, 128, 128, 3, 1}, {1, 8, 128, 128, 3, 1}, {32, 28, 1, 32, 3, 1},
        {32, 28, 32, 32, 3, 1}, {32, 14, 64, 64, 3, 1}, {32, 7, 64, 64, 3, 1}, {32, 28, 32, 2, 3, 1}};

    private static final String RULE = """
            The rule, in this order:
              3x3, stride 1, at least 16 channels on both sides: Winograd's F(2x2,3x3), unless an image is so small that
                transforming the weights costs more than it saves (see WinogradTile.pays); with --conv fast F(4x4,3x3)
                where it saves a fifth of those multiplications and the image has 144 pixels or more;
              a data gradient with a stride: one direct convolution for each phase of the stride, no zeros multiplied;
              12 results a pixel or fewer: inner products along the window, for vectors along the results would be empty;
              fewer pixels than results: the windows are packed instead of the weights;
              anything else: the direct sum.
            It looks at shape and mode only, never at threads or times, so the bits are the same everywhere.
            -p convolution=DIRECT (or another name of ConvAlgorithm) overrides it, --conv does in sample.
            """;

    private ConvChoices() {
    }

    public static void main(String[] args) {
        for (var name : args.length == 0 ? new String[] {"auto"} : args) {
            print(ConvAlgorithm.of(name));
        }
        System.out.println(RULE);
    }

    private static void print(ConvAlgorithm algorithm) {
        System.out.printf("%s:%n%-26s %-16s %-16s %-16s %10s %12s%n", algorithm, "N x H x W x inC-outC kernel",
                "forward", "data gradient", "weight gradient", "MFLOP", "workspace");
        try (var device = new CpuBackend(CpuOptions.defaults().with(algorithm))) {
            for (int[] s : SHAPES) {
                var forward = new ConvSpec(Mode.FORWARD, s[0], s[1], s[1], s[2], s[3], s[4], s[4], s[5], s[4] / 2);
                var names = new ArrayList<String>();
                long workspace = 0;
                for (var mode : Mode.values()) {
                    var plan = device.kernels().plan(forward.with(mode));
                    names.add(plan.algorithm());
                    workspace = Math.max(workspace, plan.workspaceBytes());
                }
                System.out.printf(Locale.ROOT, "%-26s %-16s %-16s %-16s %10.1f %9.1f MB%n",
                        "%dx%dx%dx%d-%d %dx%d%s".formatted(s[0], s[1], s[1], s[2], s[3], s[4], s[4],
                                s[5] == 1 ? "" : " stride " + s[5]),
                        names.get(0), names.get(1), names.get(2), forward.flops() / 1e6, workspace / 1e6);
            }
        }
        System.out.println();
    }
}
