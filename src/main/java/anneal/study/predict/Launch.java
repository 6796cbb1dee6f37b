package anneal.study.predict;

import anneal.kernel.cuda.driver.Grid;
import anneal.kernel.cuda.driver.KernelCounts;

/**
 * A kernel's first launch in the catalogue.
 *
 * @param block        threads
 * @param counts       of the blocks that ran; null where nobody counts
 * @param blocksRun    how many those were
 * @param microseconds on a GPU; null elsewhere
 */
record Launch(KernelCall call, String kernel, Grid grid, int block, KernelCounts counts, long blocksRun,
              Double microseconds) {
    long blocks() {
        return (long) grid.x() * grid.y() * grid.z();
    }

    /** With a prediction from the counts. */
    KernelRow row() {
        double whole = (double) blocks() / blocksRun;
        double fetched = whole * counts.fetched();
        double moved = whole * counts.moved();
        double passes = whole * counts.passes();
        double products = whole * counts.multiplyAdds();
        var part = call.part(kernel).orElse(Part.moving(kernel, fetched));
        var p = Prediction.ofLaunch(new Prediction.Work(blocks(), fetched, moved, passes, products, part.flops(),
                part.bytes(), kernel.contains("_tf32_")));
        return new KernelRow(call.family(), kernel, call.what(), call.precision(), blocks(), block, blocksRun,
                Math.round(whole * counts.asked()), Math.round(fetched), Math.round(moved), Math.round(passes),
                Math.round(passes - whole * counts.leastPasses()), Math.round(products), part.flops(), part.bytes(),
                1e6 * p.seconds(), p.bound(), microseconds);
    }
}
