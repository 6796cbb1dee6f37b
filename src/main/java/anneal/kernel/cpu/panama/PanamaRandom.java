package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.Native.ALL;
import static anneal.kernel.cpu.Native.ORDER;

import anneal.kernel.RandomSpec;
import anneal.kernel.cpu.RandomLanes;
import anneal.kernel.cpu.scalar.ScalarRandom;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link anneal.kernel.Philox} for as many blocks at once as a vector has 64-bit lanes, each word in the lower half
 * of a lane so that its product has room. Two words side by side then fill a vector of 32-bit lanes.
 */
final class PanamaRandom implements RandomLanes {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> WIDE = LongVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /** Blocks at once, and the elements that they give: two vectors. */
    private static final int BLOCKS = WIDE.length();
    private static final int ELEMENTS = 4 * BLOCKS;
    private static final VectorShuffle<Float> ZIP_LOW = VectorShuffle.makeZip(S, 0);
    private static final VectorShuffle<Float> ZIP_HIGH = VectorShuffle.makeZip(S, 1);
    private static final LongVector IOTA = LongVector.zero(WIDE).addIndex(1);
    private static final long WORD = 0xffffffffL;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final float UNIT = 0x1p-24f;

    private final ScalarRandom scalar = new ScalarRandom();

    @Override
    public void draw(RandomSpec s, int position, int sample, int block, int n, long out) {
        int whole = n - n % ELEMENTS;
        for (int i = 0; i < whole; i += ELEMENTS) {
            uniforms(s.seed(), s.stream(), position, sample, block + i / 4, out + 4L * i);
        }
        if (s.kind() == RandomSpec.Kind.NORMAL) {
            radii(whole, out);
            normals(whole, out);
        } else {
            zip(whole, out);
        }
        scalar.draw(s, position, sample, block + whole / 4, n - whole, out + 4L * whole);
    }

    /** Words 0 and 2 of every block as numbers in one vector, 1 and 3 in the next. */
    private static void uniforms(long seed, int stream, int position, int sample, int block, long out) {
        var c0 = IOTA.add(block & WORD).and(WORD);
        var c1 = LongVector.broadcast(WIDE, position & WORD);
        var c2 = LongVector.broadcast(WIDE, sample & WORD);
        var c3 = LongVector.broadcast(WIDE, stream & WORD);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < 10; round++) {
            var product0 = c0.mul(MULTIPLIER_0);
            var product1 = c2.mul(MULTIPLIER_1);
            c0 = product1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c1)
                    .lanewise(VectorOperators.XOR, k0 & WORD);
            c1 = product1.and(WORD);
            c2 = product0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c3)
                    .lanewise(VectorOperators.XOR, k1 & WORD);
            c3 = product0.and(WORD);
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        store(c0.or(c2.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts(), out);
        store(c1.or(c3.lanewise(VectorOperators.LSHL, 32)).reinterpretAsInts(), out + 4L * L);
    }

    /** The upper 24 bits of every word as a number below 1. */
    private static void store(IntVector words, long out) {
        ((FloatVector) words.lanewise(VectorOperators.LSHR, 8).convertShape(VectorOperators.I2F, S, 0)).mul(UNIT)
                .intoMemorySegment(ALL, out, ORDER);
    }

    // Two loops, because C2 boxes vectors in one that does both.

    /** Box and Muller's radii in place of the first of every two vectors. */
    private static void radii(int n, long out) {
        for (int i = 0; i < n; i += ELEMENTS) {
            long at = out + 4L * i;
            var u = FloatVector.fromMemorySegment(S, ALL, at, ORDER).add(UNIT);
            VectorMath.log(u).mul(-2).sqrt().intoMemorySegment(ALL, at, ORDER);
        }
    }

    private static void normals(int n, long out) {
        for (int i = 0; i < n; i += ELEMENTS) {
            long at = out + 4L * i;
            var radius = FloatVector.fromMemorySegment(S, ALL, at, ORDER);
            var angle = FloatVector.fromMemorySegment(S, ALL, at + 4L * L, ORDER).mul(TURN);
            var cos = VectorMath.cos(angle).mul(radius);
            var sin = VectorMath.sin(angle).mul(radius);
            cos.rearrange(ZIP_LOW, sin).intoMemorySegment(ALL, at, ORDER);
            cos.rearrange(ZIP_HIGH, sin).intoMemorySegment(ALL, at + 4L * L, ORDER);
        }
    }

    private static void zip(int n, long out) {
        for (int i = 0; i < n; i += ELEMENTS) {
            long at = out + 4L * i;
            var even = FloatVector.fromMemorySegment(S, ALL, at, ORDER);
            var odd = FloatVector.fromMemorySegment(S, ALL, at + 4L * L, ORDER);
            even.rearrange(ZIP_LOW, odd).intoMemorySegment(ALL, at, ORDER);
            even.rearrange(ZIP_HIGH, odd).intoMemorySegment(ALL, at + 4L * L, ORDER);
        }
    }
}
