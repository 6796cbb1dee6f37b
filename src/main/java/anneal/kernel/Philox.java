package anneal.kernel;

/**
 * Philox4x32-10, a counter-based generator (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011,
 * section 4.3 and table 2): ten rounds of multiplications turn a counter and a key into four random words. The same
 * counter always gives the same words, so that nothing needs to be carried along or shared between threads.
 */
public final class Philox {
    private static final int ROUNDS = 10;
    private static final int MULTIPLIER_0 = 0xD2511F53;
    private static final int MULTIPLIER_1 = 0xCD9E8D57;
    /** The golden ratio and the square root of 3 less 1, as fractions of 2^32. */
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final double UNIT = 0x1p-24;

    private Philox() {
    }

    /**
     * Four words for a counter (c0, c1, c2, c3) and a key (k0, k1).
     *
     * @param out receives the words, [4]
     */
    public static void words(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(c0);
            long product1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(c2);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }

    /**
     * Words by the keying of {@link RandomSpec}: key = lower and upper half of seed, counter = (block, position,
     * sample, stream).
     */
    public static void block(long seed, int block, int position, int sample, int stream, int[] out) {
        words(block, position, sample, stream, (int) seed, (int) (seed >>> 32), out);
    }

    /** A word's upper 24 bits as a number in [0, 1); exact in float. */
    public static double uniform(int word) {
        return (word >>> 8) * UNIT;
    }

    /** As {@link #uniform} but in (0, 1], so that it has a logarithm. */
    public static double uniformAboveZero(int word) {
        return ((word >>> 8) + 1) * UNIT;
    }

    /** Numbers one after another on the host, for shuffles and time steps. */
    public static Stream stream(long seed, int stream, int sample, int position) {
        return new Stream(seed, stream, sample, position);
    }

    /** The words of blocks 0, 1, 2, ... of one (seed, stream, sample, position). Not for several threads at once. */
    public static final class Stream {
        private final long seed;
        private final int stream;
        private final int sample;
        private final int position;
        private final int[] words = new int[4];
        private int block;
        private int used = 4;

        private Stream(long seed, int stream, int sample, int position) {
            this.seed = seed;
            this.stream = stream;
            this.sample = sample;
            this.position = position;
        }

        /** 32 random bits; throws IllegalStateException before any block comes again, after nearly 2^34 words. */
        public int nextInt() {
            if (used == 4) {
                if (block == -1) {
                    throw new IllegalStateException("a Philox stream has given all of its words");
                }
                block(seed, block++, position, sample, stream, words);
                used = 0;
            }
            return words[used++];
        }

        /**
         * A uniform integer in 0..bound-1 without bias: a product's lower half that falls into the uneven rest is drawn
         * again (Lemire, "Fast Random Integer Generation in an Interval", 2019, Algorithm 5).
         */
        public int nextInt(int bound) {
            if (bound < 1) {
                throw new IllegalArgumentException("a bound of " + bound + "; it must be positive");
            }
            int unevenRest = Integer.remainderUnsigned(-bound, bound);
            long product;
            do {
                product = Integer.toUnsignedLong(nextInt()) * bound;
            } while (Integer.compareUnsigned((int) product, unevenRest) < 0);
            return (int) (product >>> 32);
        }

        /** A uniform number in [0, 1) with 53 bits, from two words. */
        public double nextDouble() {
            long high = nextInt() >>> 5;
            long low = nextInt() >>> 6;
            return ((high << 26) + low) * 0x1p-53;
        }

        /** A standard normal number, from two uniform ones (Box and Muller 1958), the same on every machine. */
        public double nextNormal() {
            double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
            return radius * StrictMath.cos(2 * Math.PI * nextDouble());
        }

        /** The numbers 0..n-1 in random order (the Fisher-Yates shuffle, inside out). */
        public int[] permutation(int n) {
            var order = new int[n];
            for (int i = 0; i < n; i++) {
                int j = nextInt(i + 1);
                order[i] = order[j];
                order[j] = i;
            }
            return order;
        }
    }
}
