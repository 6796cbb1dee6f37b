package anneal.diffusion;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Which timesteps of a long process a shorter one keeps (Improved DDPM, section 4, and DDIM's even strides). */
public final class SpacedTimesteps {
    private static final String DDIM = "ddim";
    private static final String GLIDE_FAST = "fast27";

    private SpacedTimesteps() {
    }

    /**
     * Timesteps named by a string: empty keeps all; {@code ddimN} takes the smallest whole stride that gives N;
     * {@code fast27} is GLIDE's choice; otherwise comma separated counts for {@link #select(int, int...)}.
     *
     * @return increasing, out of 0 .. steps-1
     * @throws IllegalArgumentException if the string cannot be read or asks for what the process does not have
     */
    public static int[] select(int steps, String respacing) {
        if (respacing.isBlank()) {
            return IntStream.range(0, steps).toArray();
        }
        if (respacing.startsWith(DDIM)) {
            return ddim(steps, number(respacing.substring(DDIM.length()), respacing));
        }
        if (respacing.equals(GLIDE_FAST)) {
            return glideFast(steps);
        }
        var counts = Arrays.stream(respacing.split(",", -1)).mapToInt(part -> number(part, respacing)).toArray();
        return select(steps, counts);
    }

    /**
     * Cuts the process into as many sections as there are counts, the first {@code steps mod n} of them one longer,
     * and keeps that many evenly spaced timesteps of each, both ends included.
     *
     * @throws IllegalArgumentException if a section is shorter than its count, a count is negative, or nothing is kept
     */
    public static int[] select(int steps, int... counts) {
        if (counts.length == 0) {
            throw new IllegalArgumentException("respacing needs at least one section");
        }
        var kept = IntStream.builder();
        int start = 0;
        for (int i = 0; i < counts.length; i++) {
            int size = steps / counts.length + (i < steps % counts.length ? 1 : 0);
            if (counts[i] < 0 || counts[i] > size) {
                throw new IllegalArgumentException("respacing asks for %d timesteps out of section %d, which has %d"
                        .formatted(counts[i], i, size));
            }
            double stride = counts[i] <= 1 ? 1 : (size - 1.0) / (counts[i] - 1);
            // Positions are accumulated, not multiplied out: published samples depend on how these sums round.
            double position = 0;
            for (int k = 0; k < counts[i]; k++) {
                kept.add(start + (int) Math.rint(position));
                position += stride;
            }
            start += size;
        }
        var timesteps = kept.build().toArray();
        if (timesteps.length == 0) {
            throw new IllegalArgumentException("respacing " + Arrays.toString(counts) + " keeps no timestep at all");
        }
        return timesteps;
    }

    private static int[] ddim(int steps, int count) {
        for (int stride = 1; stride < steps; stride++) {
            if ((steps + stride - 1) / stride == count) {
                int chosen = stride;
                return IntStream.range(0, count).map(i -> i * chosen).toArray();
            }
        }
        throw new IllegalArgumentException("no whole stride through %d timesteps gives exactly %d of them"
                .formatted(steps, count));
    }

    /** GLIDE steps aside from the noisiest timestep, where DDIM leaves artifacts. */
    private static int[] glideFast(int steps) {
        var timesteps = select(steps, 10, 10, 3, 2, 2);
        timesteps[timesteps.length - 1] = steps - 3;
        return timesteps;
    }

    private static int number(String digits, String respacing) {
        try {
            return Integer.parseInt(digits.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("respacing '" + respacing
                    + "' is not understood: write a count, counts separated by commas, ddimN or fast27", e);
        }
    }
}
