package anneal.kernel.cuda;

import anneal.kernel.cuda.driver.Grid;
import java.util.Arrays;
import java.util.stream.Stream;

/** A product and, where its sum is cut, the second pass over the parts. */
final class MatLaunch {
    private static final int FINISH_THREADS = 256;
    private static final int FINISH_BLOCKS = 1024;

    private MatLaunch() {
    }

    /**
     * @param finish the fields of Finish
     * @param call   what follows Finish and Tiling in the kernel's struct
     */
    static void run(CudaContext context, String family, MatTiles t, Object[] finish, Object... call) {
        var fields = Stream.of(finish, t.fields(), call).flatMap(Arrays::stream).toArray();
        context.launch(t.kernel(family), t.grid(), t.threads(), t.sharedBytes(), Struct.of(fields));
        if (t.splits() > 1) {
            long results = (long) t.entries() * t.m() * t.n();
            int blocks = (int) Math.min(FINISH_BLOCKS, (results + FINISH_THREADS - 1) / FINISH_THREADS);
            context.launch("mat_finish", Grid.of(blocks), FINISH_THREADS, 0, Struct.of(finish));
        }
    }
}
