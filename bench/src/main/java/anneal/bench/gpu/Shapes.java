package anneal.bench.gpu;

import anneal.bench.peer.AttentionItem;
import anneal.bench.peer.ConvItem;
import anneal.bench.peer.GemmItem;
import anneal.bench.peer.Item;
import anneal.bench.peer.NormItem;
import anneal.bench.peer.UNetItem;
import anneal.kernel.ConvSpec.Mode;
import anneal.train.Presets;
import java.util.ArrayList;
import java.util.List;

/** ADM's shapes, in order of importance: a stage that runs out of time has the first ones. */
final class Shapes {
    /** Images at once; 8 is what a GPU's share of a training batch often is. */
    private static final int[] BATCHES = {8, 32, 1};
    /** Height and width, channels: the levels of ADM at 64x64 and at 256x256 and their neighbours. */
    private static final int[][] LEVELS = {{64, 192}, {32, 384}, {16, 576}, {8, 768}, {64, 64}, {32, 256}, {16, 512},
        {8, 1024}};
    /** Of attention: length of a sequence, heads, channels of a head. */
    private static final int[][] SEQUENCES = {{1024, 6, 64}, {256, 9, 64}, {4096, 4, 64}, {64, 12, 64}, {1024, 4, 128},
        {4096, 4, 128}, {256, 4, 128}, {64, 8, 128}};

    private Shapes() {
    }

    static List<Item> of(Stage stage) {
        var items = new ArrayList<Item>();
        switch (stage) {
            case GEMM -> products(items);
            case CONV -> convolutions(items);
            case ATTENTION_FORWARD -> attention(items, false);
            case ATTENTION_BACKWARD -> attention(items, true);
            case NORM -> norms(items);
            case UNET_FORWARD -> networks(items, false);
            case UNET_TRAINING -> networks(items, true);
        }
        return items;
    }

    /** Of each kind one, so small that the simulator and a CPU's PyTorch have them in a moment. */
    static List<Item> tiny(Stage stage) {
        return switch (stage) {
            case GEMM -> List.of(new GemmItem(64, 48, 32, false, true), new GemmItem(33, 20, 40, true, false));
            case CONV -> List.of(new ConvItem(Mode.FORWARD, 1, 8, 8, 16, 24, 3, 1),
                    new ConvItem(Mode.DATA_GRADIENT, 1, 8, 8, 16, 24, 3, 1),
                    new ConvItem(Mode.WEIGHT_GRADIENT, 1, 8, 8, 16, 24, 3, 1));
            case ATTENTION_FORWARD -> List.of(new AttentionItem(1, 64, 2, 64, false));
            case ATTENTION_BACKWARD -> List.of(new AttentionItem(1, 64, 2, 64, true));
            case NORM -> List.of(new NormItem(1, 8, 8, 64, false), new NormItem(1, 8, 8, 64, true));
            case UNET_FORWARD -> List.of(network("tiny", 2, false));
            case UNET_TRAINING -> List.of(network("tiny", 2, true));
        };
    }

    /** Big squares, then a linear layer of ADM's attention and its two gradients for each of its widths. */
    private static void products(List<Item> items) {
        items.add(new GemmItem(4096, 4096, 4096, false, true));
        items.add(new GemmItem(8192, 8192, 8192, false, true));
        int[][] layers = {{1024, 384}, {256, 576}, {64, 768}};
        for (int batch : BATCHES) {
            for (int[] layer : layers) {
                int rows = batch * layer[0];
                int wide = 3 * layer[1];
                items.add(new GemmItem(rows, wide, layer[1], false, true));
                items.add(new GemmItem(rows, layer[1], wide, false, false));
                items.add(new GemmItem(wide, layer[1], rows, true, false));
            }
        }
        items.add(new GemmItem(16384, 512, 512, false, true));
        items.add(new GemmItem(2048, 2048, 2048, false, true));
    }

    private static void convolutions(List<Item> items) {
        for (int batch : BATCHES) {
            for (int[] level : LEVELS) {
                for (var mode : Mode.values()) {
                    items.add(new ConvItem(mode, batch, level[0], level[0], level[1], level[1], 3, 1));
                }
            }
        }
        for (var mode : Mode.values()) {   // a skip connection's width, and the 1x1 beside it
            items.add(new ConvItem(mode, 8, 32, 32, 768, 384, 3, 1));
            items.add(new ConvItem(mode, 8, 32, 32, 768, 384, 1, 1));
        }
    }

    private static void attention(List<Item> items, boolean backward) {
        for (int batch : BATCHES) {
            for (int[] s : SEQUENCES) {
                items.add(new AttentionItem(batch, s[0], s[1], s[2], backward));
            }
        }
    }

    private static void norms(List<Item> items) {
        for (int batch : BATCHES) {
            for (int[] level : LEVELS) {
                items.add(new NormItem(batch, level[0], level[0], level[1], false));
                items.add(new NormItem(batch, level[0], level[0], level[1], true));
            }
        }
        items.add(new NormItem(8, 64, 64, 1024, false));   // a group of it does not fit on chip
    }

    private static void networks(List<Item> items, boolean train) {
        items.add(new UNetItem("adm64", UNetItem.adm64(), 8, train));
        items.add(network("fashion", 32, train));
        items.add(new UNetItem("adm64", UNetItem.adm64(), 32, train));
        items.add(new UNetItem("adm64", UNetItem.adm64(), 1, train));
        items.add(network("fashion", 1, train));
    }

    /** What a shipped model was made from. */
    private static Item network(String preset, int batch, boolean train) {
        return new UNetItem(preset, Presets.diffusion(preset).unet(), batch, train);
    }
}
