package anneal.bench.peer;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What came out for one item.
 *
 * @param ours         seconds of a call: the median of the rounds' medians, the fastest call, the slowest round
 * @param peer         likewise
 * @param ratio        ours to the peer's medians, and its spread over the single rounds
 * @param ratioOfBest  ours to the peer's fastest calls: what is left of the ratio when others disturb the run
 * @param unit         of the rates
 * @param choice       how the peer did it
 * @param parameters   of a network, else null
 * @param error        ||ours - peer|| / ||peer|| of the worst tensor
 * @param agrees       whether that is within the item's tolerance
 */
public record Outcome(String name, Series ours, Series peer, Series ratio, double ratioOfBest, double ourRate,
                      double peerRate, String unit, TorchPeer.Choice choice, Long parameters, double error,
                      boolean agrees) {
    /** From the calls of every round. */
    static Outcome of(Item item, Series[] ours, Series[] peer, TorchPeer.Choice choice, Long parameters, double error) {
        var a = overall(ours);
        var b = overall(peer);
        var spread = Series.of(IntStream.range(0, ours.length)
                .mapToDouble(i -> ours[i].median() / peer[i].median()).toArray());
        var ratio = new Series(a.median() / b.median(), spread.min(), spread.max());
        var work = item.work();
        return new Outcome(item.name(), a, b, ratio, a.min() / b.min(), work.rate(a.median()), work.rate(b.median()),
                work.unit(), choice, parameters, error, error <= item.tolerance());
    }

    private static Series overall(Series[] rounds) {
        var medians = Series.of(Arrays.stream(rounds).mapToDouble(Series::median).toArray());
        double fastest = Arrays.stream(rounds).mapToDouble(Series::min).min().orElseThrow();
        return new Series(medians.median(), fastest, medians.max());
    }
}
