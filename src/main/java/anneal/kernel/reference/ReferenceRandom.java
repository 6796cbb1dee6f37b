package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.Philox;
import anneal.kernel.RandomSpec;

/** Philox words turned into numbers in double precision; the float devices round the same formulas. */
final class ReferenceRandom {
    private ReferenceRandom() {
    }

    static void run(RandomSpec s, Buf sampleIndex, Buf position, Buf out) {
        var samples = Values.read(sampleIndex);
        int at = (int) Values.read(position)[0];
        var values = new double[Math.toIntExact(out.shape().size())];
        int perSample = samples.length == 0 ? 0 : values.length / samples.length;
        var words = new int[4];
        for (int row = 0; row < samples.length; row++) {
            for (int i = 0; i < perSample; i++) {
                if (i % 4 == 0) {
                    Philox.block(s.seed(), i / 4, at, (int) samples[row], s.stream(), words);
                }
                values[row * perSample + i] = switch (s.kind()) {
                    case UNIFORM -> Philox.uniform(words[i % 4]);
                    case NORMAL -> normal(words, i % 4);
                };
            }
        }
        Values.write(values, out);
    }

    /** Box and Muller's transform of words (0, 1) and (2, 3): the even element takes the cosine, the odd the sine. */
    private static double normal(int[] words, int i) {
        int pair = i & ~1;
        double radius = Math.sqrt(-2 * StrictMath.log(Philox.uniformAboveZero(words[pair])));
        double angle = 2 * Math.PI * Philox.uniform(words[pair + 1]);
        return radius * (i == pair ? StrictMath.cos(angle) : StrictMath.sin(angle));
    }
}
