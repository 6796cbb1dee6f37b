package anneal.bench.gpu;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Carries what the device's events say out through JMH, beside JMH's own time, which is the host's. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class DeviceTime {
    static final String NAME = "milliseconds";

    /** Of the one call of an iteration. */
    public double milliseconds;

    @Setup(Level.Iteration)
    public void reset() {
        milliseconds = 0;
    }
}
