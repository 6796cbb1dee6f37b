package anneal.kernel.cuda.driver;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.util.stream.Stream;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The child of {@link StubbedGpuTest}: runs the test classes that it is told. */
final class StubbedGpu {
    private StubbedGpu() {
    }

    public static void main(String[] classes) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(classes).map(name -> selectClass(name)).toList()).build();
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        var summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true));
        System.out.println(GpuDriver.unavailable().orElse(Gpu.description()));
        System.out.println(summary.getTestsSucceededCount() + " passed, " + summary.getTestsFailedCount() + " failed, "
                + summary.getTestsAbortedCount() + " aborted");
        System.exit(summary.getTestsFailedCount() + summary.getTestsAbortedCount() == 0 ? 0 : 1);
    }
}
