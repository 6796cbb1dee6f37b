package anneal.kernel.cpu;

import java.lang.management.ManagementFactory;

/**
 * What a call costs on this thread: nanoseconds, and bytes on Java's heap, which should be none: much of it would mean
 * that vectors are boxed.
 */
record Speed(double nanos, long bytes) {
    /** The mean of many calls. */
    static Speed of(int calls, Runnable call) {
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = bean.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            call.run();
        }
        double nanos = (double) (System.nanoTime() - begin) / calls;
        return new Speed(nanos, (bean.getCurrentThreadAllocatedBytes() - bytes) / calls);
    }
}
