package anneal.study.ladder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.Precision;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.TestedDevice;
import anneal.kernel.cuda.driver.HostDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every rung of every ladder computes the same as the reference, whatever the size. */
class LadderTest {
    /** Roundings to bfloat16 of the result, and of attention's weights: see docs/precision.md. */
    private static final double BAR = 0.01;

    private static final List<Function<CudaBackend, Problem>> PROBLEMS = List.of(
            d -> new GemmProblem(d, 70, 72, 40), d -> new GemmProblem(d, 1, 8, 8), d -> new GemmProblem(d, 129, 136, 104),
            d -> new ConvProblem(d, 2, 7, 5, 16, 24), d -> new ConvProblem(d, 1, 1, 1, 8, 3),
            d -> new ConvProblem(d, 1, 9, 11, 40, 70),
            d -> new NormProblem(d, 2, 5, 3, 64), d -> new NormProblem(d, 1, 9, 7, 96), d -> new NormProblem(d, 3, 1, 2, 32),
            d -> new NormProblem(d, 1, 17, 13, 256),
            d -> new AttentionProblem(d, 2, 70, 64), d -> new AttentionProblem(d, 1, 1, 64),
            d -> new AttentionProblem(d, 1, 130, 128));

    @Test
    void everyRungIsRight() {
        var wrong = new ArrayList<String>();
        try (var device = TestedDevice.open(Precision.BF16)) {
            for (var problem : PROBLEMS) {
                var p = problem.apply(device);
                for (var rung : p.rungs()) {
                    p.clear();
                    rung.launch().run();
                    double error = p.error();
                    if (!(error < BAR)) {
                        wrong.add("%s of %s is off by %.2e".formatted(rung.name(), p.shape(), error));
                    }
                }
            }
            var ladders = HostDriver.unavailable().isPresent() ? List.<String>of()
                    : HostDriver.kernels().stream().filter(name -> name.startsWith("ladder_")).toList();
            assertEquals(List.of(), ladders.stream().filter(name -> device.launches().getOrDefault(name, 0L) == 0).toList(),
                    "kernels that no rung launches");
        }
        assertEquals(List.of(), wrong);
    }

    /** Every file of kernels/ladder is a rung of a ladder, each ladder has five and the one that ships. */
    @Test
    void filesAndRungsAreTheSame() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("kernels/ladder")), "the kernels' sources are not in this folder");
        try (var device = TestedDevice.open(Precision.BF16); var files = Files.list(Path.of("kernels/ladder"))) {
            var rungs = new ArrayList<String>();
            for (var p : List.of(new GemmProblem(device, 8, 8, 8), new ConvProblem(device, 1, 2, 2, 8, 8),
                    new NormProblem(device, 1, 2, 2, 32), new AttentionProblem(device, 1, 8, 64))) {
                assertTrue(p.rungs().size() >= 6, p.shape());
                assertEquals("ships", p.rungs().getLast().name());
                p.rungs().stream().map(Rung::name).filter(n -> !n.equals("ships")).forEach(rungs::add);
            }
            var found = files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(".cu"))
                    .map(n -> n.substring(0, n.length() - 3)).sorted().toList();
            assertEquals(rungs.stream().sorted().toList(), found);
        }
    }

    @Test
    void shapesThatDoNotFitAreToldInOneLine() {
        try (var device = TestedDevice.open(Precision.BF16)) {
            assertThrows(IllegalArgumentException.class, () -> new GemmProblem(device, 8, 9, 8));
            assertThrows(IllegalArgumentException.class, () -> new AttentionProblem(device, 1, 8, 48));
            var large = new NormProblem(device, 1, 96, 96, 32);
            var refused = assertThrows(IllegalArgumentException.class, large.rungs().get(4).launch()::run);
            assertTrue(refused.getMessage().contains("a block has"), refused.getMessage());
        }
        try (var device = TestedDevice.open(Precision.FP32)) {
            assertThrows(IllegalArgumentException.class, () -> new GemmProblem(device, 8, 8, 8));
        }
    }
}
