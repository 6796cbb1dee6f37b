package anneal.bench.gpu;

import anneal.bench.gpu.DeviceBenchmark.Timed;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Has JMH call something as often as fits into a given time. */
final class JmhTimes {
    private static final int WARM_CALLS = 2;
    private static final int MOST_CALLS = 100;
    /** Of the time for calls that count. */
    private static final double WARM_SHARE = 0.5;

    private JmhTimes() {
    }

    /**
     * Milliseconds of each call, on the device.
     *
     * @param seconds of calls, if they are more than {@code least}
     */
    static List<Double> of(String item, String side, double seconds, int least, Timed call) {
        double once = warm(call, WARM_SHARE * seconds);
        var options = new OptionsBuilder()
                .include("^" + DeviceBenchmark.class.getName().replace(".", "\\.") + "\\.call$")
                .param("item", item).param("side", side).forks(0).warmupIterations(WARM_CALLS)
                .measurementIterations(Math.clamp((long) (seconds / once), least, MOST_CALLS))
                .shouldFailOnError(true).verbosity(VerboseMode.SILENT).build();
        DeviceBenchmark.timed = call;
        try {
            return milliseconds(new Runner(options).runSingle());
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH: " + e.getMessage(), e);
        } finally {
            DeviceBenchmark.timed = null;
        }
    }

    /**
     * Calls until kernels are loaded, a graph is recorded where there is one, and the Java that enqueues the call is
     * compiled: it has to be done before the device has filled its buffer. Gives the seconds of a call.
     */
    private static double warm(Timed call, double seconds) {
        call.milliseconds();
        call.milliseconds();
        long begin = System.nanoTime();
        int calls = 0;
        do {
            call.milliseconds();
            calls++;
        } while ((System.nanoTime() - begin) * 1e-9 < seconds);
        return (System.nanoTime() - begin) * 1e-9 / calls;
    }

    private static List<Double> milliseconds(RunResult result) {
        return result.getBenchmarkResults().stream().flatMap(b -> b.getIterationResults().stream())
                .map(i -> i.getSecondaryResults().get(DeviceTime.NAME).getScore()).toList();
    }
}
