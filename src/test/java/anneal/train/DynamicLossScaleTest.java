package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DynamicLossScaleTest {
    @Test
    void growsWithEveryStepAndHalvesOnOverflow() {
        var scale = new DynamicLossScale(20, 0.5);
        assertEquals(1 << 20, scale.scale());
        assertTrue(scale.update(3));
        assertEquals(20.5, scale.log2());
        assertFalse(scale.update(Double.POSITIVE_INFINITY));
        assertFalse(scale.update(Double.NaN));
        assertEquals(18.5, scale.log2());
    }
}
