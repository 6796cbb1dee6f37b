package anneal.kernel;

/**
 * GroupNorm over x [n, h, w, channels]: each sample's groups of adjacent channels are normalised over (h, w, channels of
 * the group) with the biased variance. LayerNorm over rows is n = rows, h = w = groups = 1.
 */
public record NormSpec(int n, int h, int w, int channels, int groups, double eps) implements Spec {
    public NormSpec {
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(channels + " channels do not divide into " + groups + " groups");
        }
    }

    public int channelsPerGroup() {
        return channels / groups;
    }
}
