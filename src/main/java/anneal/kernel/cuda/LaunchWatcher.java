package anneal.kernel.cuda;

import anneal.kernel.cuda.driver.Grid;

/** Is told of every kernel that a device launches: for whoever counts or times single kernels. */
@FunctionalInterface
public interface LaunchWatcher {
    /**
     * A kernel was enqueued.
     *
     * @param block threads
     * @param again enqueues it once more with the same arguments; only until this method returns
     */
    void launched(String kernel, Grid grid, int block, Runnable again);
}
