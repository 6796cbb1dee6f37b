package anneal.bench.peer;

import anneal.kernel.ConvSpec.Mode;
import anneal.model.UNetConfig;
import anneal.train.Presets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everything that is compared. */
public final class Suite {
    private static final int HEAD = 64;
    private static final int CHANNELS = 128;

    private final List<Item> items = new ArrayList<>();

    private Suite() {
    }

    /** All items, single operations first. */
    public static List<Item> all() {
        var suite = new Suite();
        suite.products();
        suite.convolutions();
        suite.norms();
        suite.attention();
        suite.networks();
        return suite.items;
    }

    /**
     * The items whose whole name fits a glob, such as {@code conv*}; {@code *} matches a slash too.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static List<Item> matching(String glob) {
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob.replace('/', '_'));
        var found = all().stream().filter(i -> matcher.matches(Path.of(i.name().replace('/', '_')))).toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("nothing is called like '" + glob + "'; --list shows the names");
        }
        return found;
    }

    private void products() {
        for (int size : new int[] {256, 512, 1024, 2048}) {
            items.add(new GemmItem(size, size, size, false, false));
        }
        items.add(new GemmItem(1024, 1024, 1024, false, true));
        items.add(new GemmItem(1024, 1024, 1024, true, false));
    }

    private void convolutions() {
        int[][] square = {{8, 32, CHANNELS}, {8, 16, CHANNELS}, {8, 8, CHANNELS}, {32, 28, 32}, {1, 32, CHANNELS}};
        for (int[] s : square) {
            for (var mode : Mode.values()) {
                addWithF4(new ConvItem(mode, s[0], s[1], s[1], s[2], s[2], 3, 1));
            }
        }
        for (var mode : Mode.values()) {
            items.add(new ConvItem(mode, 8, 16, 16, 2 * CHANNELS, CHANNELS, 1, 1));
        }
        items.add(new ConvItem(Mode.FORWARD, 8, 32, 32, 3, HEAD, 3, 1));
        items.add(new ConvItem(Mode.WEIGHT_GRADIENT, 8, 32, 32, 3, HEAD, 3, 1));
        for (var mode : Mode.values()) {
            items.add(new ConvItem(mode, 8, 32, 32, HEAD, 6, 3, 1));
            items.add(new ConvItem(mode, 8, 32, 32, CHANNELS, CHANNELS, 3, 2));
        }
    }

    private void addWithF4(Item item) {
        items.add(item);
        items.add(new FastItem(item));
    }

    private void norms() {
        int[][] shapes = {{8, 32, CHANNELS}, {8, 16, CHANNELS}, {32, 28, 32}};
        for (int[] s : shapes) {
            items.add(new NormItem(s[0], s[1], s[1], s[2], false));
            items.add(new NormItem(s[0], s[1], s[1], s[2], true));
        }
    }

    private void attention() {
        for (int length : new int[] {64, 256, 1024}) {
            items.add(new AttentionItem(8, length, 2, HEAD, false));
            items.add(new AttentionItem(8, length, 2, HEAD, true));
        }
    }

    private void networks() {
        network("adm32", UNetItem.adm32(), 1, 8);
        for (var name : List.of("fashion", "tiny")) {
            network(name, Presets.diffusion(name).unet(), 1, 32);
        }
    }

    private void network(String name, UNetConfig config, int... batches) {
        for (int batch : batches) {
            addWithF4(new UNetItem(name, config, batch, false));
            items.add(new UNetItem(name, config, batch, true));
        }
    }
}
