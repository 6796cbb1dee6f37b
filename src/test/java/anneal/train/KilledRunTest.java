package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training (dropout, the loss-aware sampler, two averages, micro-batches) is killed with -9 again and again and goes
 * on each time; in the end its run directory is that of a training that nobody disturbed. The outcomes are printed.
 */
class KilledRunTest {
    /** More steps than a process lives to take, and some to spare. */
    private static final int STEPS_PER_KILL = 13;
    private static final int SPARE_STEPS = 40;
    /** A save takes milliseconds: on a busy machine the kill may come after it. */
    private static final int ATTEMPTS = 3;
    private static final long POLL_NANOS = 50_000;
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    /** What a kill waits for. */
    private enum Trigger { START_UP, STEPS, SAVE, CHECKPOINT }

    @TempDir
    private Path folder;
    private final Set<String> seen = new HashSet<>();

    @Test
    void threeKillsChangeNothing() throws IOException, InterruptedException {
        killAndCompare(11, List.of(Trigger.SAVE, Trigger.STEPS, Trigger.CHECKPOINT), 1);
    }

    @Test
    @Tag("slow")
    void twentyKillsChangeNothing() throws IOException, InterruptedException {
        var random = new Random(2);
        var any = List.of(Trigger.START_UP, Trigger.STEPS, Trigger.STEPS, Trigger.SAVE, Trigger.SAVE, Trigger.SAVE,
                Trigger.CHECKPOINT);
        var triggers = random.ints(20, 0, any.size()).mapToObj(any::get).toList();
        killAndCompare(3, triggers, 4);
    }

    private void killAndCompare(long seed, List<Trigger> triggers, int wantedInSave)
            throws IOException, InterruptedException {
        int total = STEPS_PER_KILL * triggers.size() + SPARE_STEPS;
        Path disturbed = folder.resolve("disturbed");
        var random = new Random(seed);
        int inSave = 0;
        for (int i = 0; i < triggers.size(); i++) {
            var left = kill(disturbed, total, triggers.get(i), random);
            inSave += left.isEmpty() ? 0 : 1;
            System.out.printf("kill %2d, %-10s %s%n", i + 1, triggers.get(i), outcome(disturbed, left));
            assertFilesAreWhole(disturbed);
        }
        assertTrue(inSave >= wantedInSave, inSave + " kills came in the middle of a save");
        TrainingChild.train(disturbed, total, new TrainingListener() { });
        Path whole = folder.resolve("whole");
        TrainingChild.train(whole, total, new TrainingListener() { });
        RunComparison.assertSame(whole, disturbed);
        assertEquals(total / TrainingChild.CADENCE.logEvery(), RunComparison.jsonLines(disturbed).size());
        System.out.printf("%d kills, %d of them in the middle of a save: %d steps, all files and logs as without%n",
                triggers.size(), inSave, total);
    }

    /** Kills until it hits what it aims at; returns the names of the files that were being written. */
    private List<String> kill(Path run, int total, Trigger trigger, Random random)
            throws IOException, InterruptedException {
        List<String> left = List.of();
        for (int attempt = 0; attempt < (trigger == Trigger.SAVE ? ATTEMPTS : 1) && left.isEmpty(); attempt++) {
            var before = temporaries(run);
            killOnce(run, total, trigger, random);
            left = temporaries(run).stream().filter(name -> !before.contains(name)).toList();
        }
        return left;
    }

    private static List<String> temporaries(Path run) throws IOException {
        return Files.exists(run) ? RunComparison.names(run, ".*.tmp") : List.of();
    }

    private void killOnce(Path run, int total, Trigger trigger, Random random)
            throws IOException, InterruptedException {
        int count = 1 + random.nextInt(trigger == Trigger.STEPS ? 6 : 4);
        long delay = random.nextInt(switch (trigger) {
            case START_UP -> 1_500_000_000;
            case STEPS -> 40_000_000;
            case CHECKPOINT -> 4_000_000;
            case SAVE -> 1_000_000;
        });
        var before = Files.exists(run) ? RunComparison.checkpoints(run) : List.<String>of();
        seen.clear();
        try (var child = TrainingChild.start(run, total)) {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!isTime(trigger, count, run, before, child)) {
                assertTrue(child.isAlive(), "the training ended by itself: " + child.errors());
                assertTrue(System.nanoTime() < deadline, "nothing to kill at came: " + child.errors());
                LockSupport.parkNanos(POLL_NANOS);
            }
            LockSupport.parkNanos(delay);
            assertTrue(child.isAlive(), "the training ended by itself: " + child.errors());
            child.kill();
        }
    }

    private boolean isTime(Trigger trigger, int count, Path run, List<String> before, TrainingChild child)
            throws IOException {
        return switch (trigger) {
            case START_UP -> true;
            case STEPS -> child.steps() >= count;
            // What an earlier process left is there too until this one has taken its first step.
            case SAVE -> child.steps() > 0 && seen.addAll(temporaries(run))
                    && seen.size() >= count;
            case CHECKPOINT -> child.steps() > 0 && !before.containsAll(RunComparison.checkpoints(run));
        };
    }

    private static String outcome(Path run, List<String> left) throws IOException {
        if (!Files.exists(run)) {
            return "before there was a folder";
        }
        var checkpoints = RunComparison.checkpoints(run);
        var last = checkpoints.isEmpty() ? "no checkpoint yet" : "last " + checkpoints.getLast();
        if (left.isEmpty()) {
            return last;
        }
        var temporary = left.getFirst();
        return "%s, writing %s (%d bytes of it)".formatted(last,
                temporary.replaceAll("^\\.|\\.[0-9a-f-]{36}\\.tmp$", ""), Files.size(run.resolve(temporary)));
    }

    /** What bears its final name is complete, whenever the kill came. */
    private static void assertFilesAreWhole(Path run) throws IOException {
        if (!Files.exists(run)) {
            return;
        }
        for (String name : RunComparison.names(run, "*.safetensors")) {
            SafeTensors.read(run.resolve(name)).close();
        }
        if (Files.exists(run.resolve("config.json"))) {
            TrainingRun.configOf(run);
        }
    }
}
