package anneal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TensorDataTest {

    @Test
    void bfloat16RoundsToNearestEven() {
        float halfway = Float.intBitsToFloat(0x3f808000);
        float halfwayAboveOdd = Float.intBitsToFloat(0x3f818000);
        float above = Float.intBitsToFloat(0x3f808001);
        assertEquals((short) 0x3f80, TensorData.bfloat16(halfway));
        assertEquals((short) 0x3f82, TensorData.bfloat16(halfwayAboveOdd));
        assertEquals((short) 0x3f81, TensorData.bfloat16(above));
        assertEquals((short) 0x7f80, TensorData.bfloat16(Float.MAX_VALUE));
        var nan = TensorData.of(new float[] {Float.intBitsToFloat(0x7f800001)}, 1).cast(FileType.BF16);
        assertTrue(Float.isNaN(nan.toFloats()[0]));
    }

    @Test
    void readsLittleEndianAtAnyAlignment() {
        byte[] raw = {99, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0};
        var floats = new TensorData(FileType.F32, new long[] {2}, MemorySegment.ofArray(raw).asSlice(1));
        assertArrayEquals(new float[] {1, -2}, floats.toFloats());
        assertArrayEquals(new double[] {1, -2}, floats.toDoubles());
        assertThrows(IllegalStateException.class, floats::toLongs);
    }

    @Test
    void smallIntegersKeepTheirSign() {
        byte[] raw = {-1, 2};
        var segment = MemorySegment.ofArray(raw);
        assertArrayEquals(new long[] {-1, 2}, new TensorData(FileType.I8, new long[] {2}, segment).toLongs());
        assertArrayEquals(new long[] {255, 2}, new TensorData(FileType.U8, new long[] {2}, segment).toLongs());
        assertArrayEquals(new long[] {1, 1}, new TensorData(FileType.BOOL, new long[] {2}, segment).toLongs());
        assertArrayEquals(new long[] {767}, new TensorData(FileType.I16, new long[] {1}, segment).toLongs());
        assertArrayEquals(new float[] {255, 2}, new TensorData(FileType.U8, new long[] {2}, segment).toFloats());
    }

    @Test
    void halfPrecisionRoundTripsItsOwnValues() {
        var values = new double[] {0, -0.0, 1, -2.5, 65504, Math.pow(2, -24), Double.POSITIVE_INFINITY};
        var half = TensorData.of(values, 7).cast(FileType.F16);
        assertArrayEquals(values, half.toDoubles());
        assertArrayEquals(values, half.cast(FileType.F64).toDoubles());
    }

    @Test
    void refusesBytesThatDoNotFitTheShape() {
        assertThrows(IllegalArgumentException.class, () -> TensorData.of(new float[5], 2, 3));
        assertThrows(IllegalArgumentException.class, () -> TensorData.elementsOf(3, -1));
        assertThrows(IllegalArgumentException.class, () -> TensorData.elementsOf(1L << 62, 2));
        assertEquals(0, TensorData.elementsOf(7, 0, 5));
        assertEquals(1, TensorData.elementsOf());
    }
}
