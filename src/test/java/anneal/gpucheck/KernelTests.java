package anneal.gpucheck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import anneal.kernel.cuda.vendor.VendorLibraries;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The kernel tests of src/test, as they are, with every test a finding. */
final class KernelTests {
    private static final String PACKAGE = "anneal.kernel.cuda.";
    private static final String LADDERS = "anneal.study.ladder.LadderTest";

    private KernelTests() {
    }

    static void layouts(Context c) {
        run(c, "FragmentLayoutsTest");
    }

    static void fp32(Context c) {
        run(c, "SimKernelTest", "CudaRandomTest", "OnChipNormTest");
    }

    static void tf32(Context c) {
        run(c, "SimTf32KernelTest");
    }

    static void bf16(Context c) {
        run(c, "TensorCoreAttentionTest", "SimBf16KernelTest", LADDERS);
    }

    static void graphs(Context c) throws IOException, InterruptedException {
        run(c, "CudaGraphTest");
        ShortRuns.graphs(c);
    }

    static void sanitized(Context c) {
        run(c, "FragmentLayoutsTest", "SimKernelTest", "SimBf16KernelTest");
    }

    static void vendor(Context c) {
        var missing = VendorLibraries.missing();
        if (missing.isPresent()) {
            c.findings().add(Finding.skipped("vendor", "--vendor " + missing.get()));
            return;
        }
        run(c, "SimKernelTest", "SimTf32KernelTest", "SimBf16KernelTest");
    }

    private static void run(Context c, String... classes) {
        var selectors = Stream.of(classes).map(name -> selectClass(name.equals(LADDERS) ? name : PACKAGE + name)).toList();
        var request = LauncherDiscoveryRequestBuilder.request().selectors(selectors).build();
        LauncherFactory.create().execute(request, new Listener(c.findings()));
    }

    private static final class Listener implements TestExecutionListener {
        private final Findings findings;
        private final Map<String, Long> started = new HashMap<>();
        private TestPlan plan;

        Listener(Findings findings) {
            this.findings = findings;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan p) {
            plan = p;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            started.put(test.getUniqueId(), System.nanoTime());
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            findings.add(Finding.skipped(name(test), reason));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            var start = started.remove(test.getUniqueId());
            if (!test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                return;
            }
            var status = switch (result.getStatus()) {
                case SUCCESSFUL -> Finding.Status.OK;
                case ABORTED -> Finding.Status.SKIPPED;
                case FAILED -> Finding.Status.FAIL;
            };
            var detail = result.getThrowable().map(KernelTests::line).orElse("");
            findings.add(new Finding(name(test), status, detail, start == null ? 0
                    : (System.nanoTime() - start) / 1e9));
        }

        /** From the class down. */
        private String name(TestIdentifier test) {
            var names = new ArrayDeque<String>();
            for (var at = Optional.of(test); at.isPresent()
                    && at.get().getParentId().isPresent(); at = plan.getParent(at.get())) {
                names.push(at.get().getDisplayName());
            }
            return names.stream().map(n -> n.endsWith("()") ? n.substring(0, n.length() - 2) : n)
                    .collect(Collectors.joining(" / "));
        }
    }

    private static String line(Throwable e) {
        var message = e.getMessage() == null ? e.toString() : e.getMessage();
        return (e instanceof AssertionError ? "" : e.getClass().getSimpleName() + ": ")
                + message.lines().map(String::strip).filter(l -> !l.isEmpty()).limit(3)
                .collect(Collectors.joining(" "));
    }
}
