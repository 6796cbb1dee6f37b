package anneal.kernel;

/**
 * A strided copy: for every index i over {@code dims},
 * {@code dst[dstOffset + i . dstStrides] (+)= src[srcOffset + i . srcStrides]}, offsets and strides in elements relative
 * to the buffers' own offset. Serves permute, slice, pad, concatenation, flip, cast and broadcast (source stride 0).
 * Strides may be negative; destinations must not coincide.
 *
 * @param accumulate add to the destination instead of overwriting
 */
public record CopySpec(int[] dims, long srcOffset, long[] srcStrides, long dstOffset, long[] dstStrides,
                       boolean accumulate) {
    public CopySpec {
        if (dims.length != srcStrides.length || dims.length != dstStrides.length) {
            throw new IllegalArgumentException("copy: as many strides as dimensions are needed");
        }
    }
}
