package anneal.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.reference.ReferenceBackend;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StepMemoryTest {
    private final Backend backend = new ReferenceBackend(true);
    private final DeviceMemory memory = new DeviceMemory(backend);
    private final StepMemory step = new StepMemory(memory);

    @AfterEach
    void close() {
        step.close();
        assertEquals(0, backend.memory().liveStorages());
        backend.close();
    }

    /** A step in which block after block is made, each released after the next; returns where they lay. */
    private List<Long> chain(long... sizes) {
        var addresses = new ArrayList<Long>();
        step.begin();
        Storage before = null;
        for (long size : sizes) {
            var s = memory.allocate(size);
            addresses.add(s.address());
            if (before != null) {
                before.release();
            }
            before = s;
        }
        before.release();
        step.end();
        return addresses;
    }

    @Test
    void everyStepAfterTheFirstFindsTheSameAddresses() {
        chain(1000, 3000, 2000, 500);
        var plan = step.plan();
        assertEquals(4, plan.blocks());
        assertEquals(3072 + 2048, plan.bytes());
        var first = chain(1000, 3000, 2000, 500);
        var other = memory.allocate(1000);
        assertEquals(first, chain(1000, 3000, 2000, 500));
        assertEquals(plan, step.plan());
        assertEquals(plan.bytes(), memory.plannedPeakBytes());
        other.release();
    }

    @Test
    void blocksInUseTogetherAreApartAndPoisonedAtBothEnds() {
        for (int turn = 0; turn < 3; turn++) {
            step.begin();
            var a = memory.allocate(32);
            var b = memory.allocate(32);
            var bufA = Buf.dense(a, DType.F64, Shape.of(4));
            var bufB = Buf.dense(b, DType.F64, Shape.of(4));
            assertTrue(Double.isNaN(backend.downloadDoubles(bufA)[3]));
            backend.upload(new double[] {1, 2, 3, 4}, bufA);
            backend.upload(new double[] {5, 6, 7, 8}, bufB);
            assertEquals(4, backend.downloadDoubles(bufA)[3]);
            var segment = a.segment();
            a.release();
            assertThrows(IllegalStateException.class, a::address);
            assertEquals(-1, segment.get(ValueLayout.JAVA_INT, 0));
            b.release();
            step.end();
        }
    }

    @Test
    void anotherRequestGoesToThePoolAndHurtsNothingThatIsInUse() {
        for (int turn = 0; turn < 2; turn++) {
            chain(1000, 3000, 2000);
        }
        step.begin();
        var kept = memory.allocate(1000);
        backend.upload(new double[125], Buf.dense(kept, DType.F64, Shape.of(125)));
        assertTrue(step.isReplaying());
        var others = List.of(memory.allocate(64), memory.allocate(3000), memory.allocate(2000));
        assertFalse(step.isReplaying());
        others.forEach(s -> assertNotEquals(kept.address(), s.address()));
        assertEquals(0, backend.downloadDoubles(Buf.dense(kept, DType.F64, Shape.of(125)))[7]);
        others.forEach(Storage::release);
        kept.release();
        step.end();
        var plan = step.plan();
        assertEquals(chain(1000, 3000, 2000), chain(1000, 3000, 2000));
        assertEquals(plan, step.plan(), "one other step does not count");
    }

    @Test
    void otherReleasesAreNoticedToo() {
        step.begin();
        var a = memory.allocate(100);
        a.release();
        memory.allocate(100).release();
        step.end();
        step.begin();
        var kept = memory.allocate(100);
        var next = memory.allocate(100);
        assertNotEquals(kept.address(), next.address());
        assertFalse(step.isReplaying());
        kept.release();
        next.release();
        step.end();
    }

    @Test
    void stepsThatStayOtherAreRecordedAnew() {
        chain(1000, 3000);
        chain(1000, 3000);
        chain(50, 60, 70);
        chain(50, 60, 70);
        chain(50, 60, 70);
        assertEquals(3, step.plan().blocks());
        assertEquals(chain(50, 60, 70), chain(50, 60, 70));
    }

    @Test
    void whatOutlivesAStepComesFromThePoolAndStays() {
        var kept = new ArrayList<Storage>();
        for (int turn = 0; turn < 4; turn++) {
            step.begin();
            var scratch = memory.allocate(500);
            kept.add(memory.allocate(8));
            backend.upload(new double[] {turn}, Buf.dense(kept.getLast(), DType.F64, Shape.of(1)));
            scratch.release();
            step.end();
            assertEquals(512, step.plan().bytes());
        }
        for (int turn = 0; turn < 4; turn++) {
            assertEquals(turn, backend.downloadDoubles(Buf.dense(kept.get(turn), DType.F64, Shape.of(1)))[0]);
        }
        kept.forEach(Storage::release);
    }

    /** Such as a result that the caller keeps in one turn and not in the one that was recorded. */
    @Test
    void aPlannedBlockThatIsKeptAfterItsStepIsNotHandedOutAgain() {
        chain(100, 200);
        step.begin();
        var kept = memory.allocate(100);
        step.end();
        backend.upload(new double[] {7}, Buf.dense(kept, DType.F64, Shape.of(1)));
        for (int turn = 0; turn < 3; turn++) {
            assertFalse(chain(100, 200).contains(kept.address()));
        }
        step.close();
        assertEquals(7, backend.downloadDoubles(Buf.dense(kept, DType.F64, Shape.of(1)))[0]);
        kept.release();
    }

    @Test
    void whatIsInUseIsCountedAsOnThePool() {
        for (int turn = 0; turn < 3; turn++) {
            step.begin();
            var a = memory.allocate(1000);
            var b = memory.allocate(10);
            assertEquals(1024 + 64, memory.use().liveBytes());
            assertEquals(2, memory.use().liveStorages());
            a.release();
            b.release();
            step.end();
            assertEquals(0, memory.use().liveBytes());
            assertEquals(0, memory.use().liveStorages());
        }
    }

    @Test
    void aSecondReleaseIsRefusedAndStepsDoNotNestInThemselves() {
        chain(100);
        step.begin();
        assertThrows(IllegalStateException.class, step::begin);
        var a = memory.allocate(100);
        a.release();
        assertThrows(IllegalStateException.class, a::release);
        step.end();
    }

    @Test
    void aStepWithinAStepHasAPlanOfItsOwn() {
        try (var inner = new StepMemory(memory)) {
            List<Long> addresses = new ArrayList<>();
            for (int turn = 0; turn < 4; turn++) {
                step.begin();
                var a = memory.allocate(300);
                inner.begin();
                var b = memory.allocate(400);
                b.release();
                inner.end();
                var c = memory.allocate(500);
                assertEquals(turn > 0, step.isReplaying());
                addresses.add(c.address());
                a.release();
                c.release();
                step.end();
            }
            assertEquals(2, step.plan().blocks());
            assertEquals(1, inner.plan().blocks());
            assertEquals(addresses.get(1), addresses.get(3));
        }
    }
}
