package anneal.bench.gpu;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One call on a device an iteration, in this very process ({@link JmhTimes}): what is called has memory on an open
 * device, which no fork could have.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DeviceBenchmark {
    /** What is called, under the clock; set by {@link JmhTimes} for as long as JMH runs. */
    static volatile Timed timed;

    /** For the record: which item, and whose way. */
    @Param("none")
    public String item;

    @Param("none")
    public String side;

    /** A call that tells how long the device took. */
    interface Timed {
        double milliseconds();
    }

    @Benchmark
    public void call(DeviceTime device) {
        device.milliseconds = timed.milliseconds();
    }
}
