package anneal.gpucheck;

import anneal.study.ladder.LadderPages;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The ladders of kernels: every rung right, and timed on a GPU. */
final class Ladders {
    private Ladders() {
    }

    static void run(Context c) throws IOException {
        for (var name : LadderPages.NAMES) {
            long start = System.nanoTime();
            var pages = new LadderPages(c.device(), List.of(name));
            var file = c.out().resolve("ladder-" + name + ".md");
            Files.writeString(file, pages.climb("gpu-check ladder", "", file,
                    line -> c.findings().add(Finding.note("ladder " + name, line))));
            c.findings().add(new Finding("ladder " + name, pages.allRight() ? Finding.Status.OK : Finding.Status.FAIL,
                    pages.allRight() ? "" : "a rung is wrong: " + file.getFileName(), (System.nanoTime() - start) * 1e-9));
        }
    }
}
