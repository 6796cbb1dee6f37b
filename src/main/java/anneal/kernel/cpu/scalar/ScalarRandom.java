package anneal.kernel.cpu.scalar;

import anneal.kernel.Philox;
import anneal.kernel.RandomSpec;
import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.PolyMath;
import anneal.kernel.cpu.RandomLanes;

/** Random numbers block by block; also what a vector provider runs for the end of a sample. */
public final class ScalarRandom implements RandomLanes {
    @Override
    public void draw(RandomSpec s, int position, int sample, int block, int n, long out) {
        var words = new int[4];
        for (int i = 0; i < n; i++) {
            if (i % 4 == 0) {
                Philox.block(s.seed(), block + i / 4, position, sample, s.stream(), words);
            }
            Native.set(out + 4L * i, switch (s.kind()) {
                case UNIFORM -> (float) Philox.uniform(words[i % 4]);
                case NORMAL -> normal(words[i & 2], words[i & 2 | 1], i % 2 == 0);
            });
        }
    }

    private static float normal(int first, int second, boolean even) {
        float radius = (float) Math.sqrt(-2 * PolyMath.log((float) Philox.uniformAboveZero(first)));
        float angle = TURN * (float) Philox.uniform(second);
        return radius * (even ? PolyMath.cos(angle) : PolyMath.sin(angle));
    }
}
