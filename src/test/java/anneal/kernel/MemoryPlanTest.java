package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    private static AllocationTrace randomTrace(long seed, int requests) {
        var random = new Random(seed);
        var trace = new AllocationTrace();
        var live = new ArrayList<Integer>();
        for (int i = 0; i < requests; i++) {
            live.add(trace.born(random.nextInt(1 << random.nextInt(1, 20))));
            while (live.size() > 1 && random.nextInt(5) < 3) {
                trace.died(live.remove(random.nextInt(live.size())));
            }
        }
        return trace;   // what is live still outlives the step
    }

    @Test
    void blocksThatAreInUseTogetherDoNotOverlap() {
        for (int seed = 0; seed < 20; seed++) {
            var trace = randomTrace(seed, 200);
            var plan = new MemoryPlan(trace);
            for (int a = 0; a < plan.blocks(); a++) {
                boolean outlives = trace.death(a) == AllocationTrace.OUTLIVES;
                assertEquals(outlives, plan.offset(a) == MemoryPlan.NOT_PLANNED);
                if (outlives) {
                    continue;
                }
                assertEquals(0, plan.offset(a) % MemoryPlan.ALIGNMENT);
                assertTrue(plan.offset(a) >= 0 && plan.offset(a) + trace.size(a) <= plan.bytes());
                for (int b = 0; b < a; b++) {
                    boolean together = trace.death(b) != AllocationTrace.OUTLIVES && trace.birth(a) < trace.death(b);
                    assertTrue(!together || plan.offset(a) + trace.size(a) <= plan.offset(b)
                            || plan.offset(b) + trace.size(b) <= plan.offset(a), a + " and " + b + ", seed " + seed);
                }
            }
        }
    }

    @Test
    void theArenaIsHardlyLargerThanWhatIsInUse() {
        for (int seed = 0; seed < 20; seed++) {
            var plan = new MemoryPlan(randomTrace(seed, 400));
            assertTrue(plan.bytes() >= plan.liveBytes() && plan.bytes() <= 1.25 * plan.liveBytes(),
                    plan.bytes() + " bytes for " + plan.liveBytes());
        }
    }

    @Test
    void theSameTraceHasTheSamePlan() {
        var one = new MemoryPlan(randomTrace(3, 300));
        var two = new MemoryPlan(randomTrace(3, 300));
        for (int i = 0; i < one.blocks(); i++) {
            assertEquals(one.offset(i), two.offset(i));
        }
    }

    @Test
    void aStepThatAsksForNothingNeedsNothing() {
        assertEquals(0, new MemoryPlan(new AllocationTrace()).bytes());
    }
}
