package anneal.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the launcher has the JVM learn from when it makes the cache for fast starts: a training step, then some sampling
 * by a network of the shape of the model that comes with Anneal, so that the profiles are those of its kernels. Not a
 * command, for nobody else has a use for it.
 */
final class CacheTraining {

    private CacheTraining() {
    }

    /** @param args a folder that does not exist yet */
    public static void main(String[] args) {
        var folder = Path.of(args[0]);
        var run = folder.resolve("run").toString();
        run("train --preset fashion --data fashion-embedded --steps 1 --batch 2 --preview-every 0 --save-every 0 --out",
                run);
        run("sample --labels 0-9 --count 16 --steps 6 --model", run, "--out", folder.resolve("s.png").toString());
    }

    private static void run(String words, String... more) {
        var all = new ArrayList<>(Arrays.asList(words.split(" ")));
        all.addAll(List.of(more));
        int code = Main.run(all.toArray(String[]::new));
        if (code != 0) {
            System.exit(code);
        }
    }
}
