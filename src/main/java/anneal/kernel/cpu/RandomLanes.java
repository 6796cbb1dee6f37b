package anneal.kernel.cpu;

import anneal.kernel.RandomSpec;

/** Inner loops of {@link RandomSpec}; every provider gives the same bits. */
public interface RandomLanes {
    /** 2 pi. */
    float TURN = 6.2831855f;

    /**
     * Writes a sample's elements {@code 4 block} to {@code 4 block + n - 1}. For normals, words w0, w1 become
     * {@code r cos(t), r sin(t)} with {@code r = sqrt(-2 log u0), t = TURN u1}, in float with {@link PolyMath}, where
     * u0 is above 0; likewise w2, w3.
     */
    void draw(RandomSpec s, int position, int sample, int block, int n, long out);
}
