package anneal.bench.gpu;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An item and everybody's time.
 *
 * @param flops   multiplications and additions of the direct algorithm; 0 if not counted
 * @param bytes   that have to move at least
 * @param floorMs the larger of the two over the peaks of this run
 * @param boundBy which of the two that is: arithmetic or memory
 * @param truth   what results were compared with
 * @param target  our speed over theirs that is aimed at, 0 for none
 * @param clocks  of the GPU meanwhile, as found
 * @param copied  whether the target is against a copy
 */
record Row(String name, double flops, double bytes, double floorMs, String boundBy, String truth, double target,
           boolean copied, String clocks, List<Side> sides) {
    Row with(Side side) {
        var all = new ArrayList<>(sides);
        all.add(side);
        return new Row(name, flops, bytes, floorMs, boundBy, truth, target, copied, clocks, List.copyOf(all));
    }

    /** Ours, the faster of its ways. */
    @JsonIgnore
    Optional<Side> ours() {
        return sides.stream().filter(s -> s.isOurs() && s.counts()).min(Comparator.comparing(s -> s.ms().median()));
    }

    /** The fastest of the others that compute the same. */
    @JsonIgnore
    Optional<Side> fastestLibrary() {
        return sides.stream().filter(s -> s.isLibrary() && s.counts()).min(Comparator.comparing(s -> s.ms().median()));
    }

    /** What the target is against. */
    @JsonIgnore
    Optional<Side> yardstick() {
        return copied ? sides.stream().filter(s -> s.name().equals(Side.COPY) && s.counts()).findFirst()
                : fastestLibrary();
    }

    /** Our speed over the yardstick's; NaN if either was not timed. */
    @JsonIgnore
    double ratio() {
        return ours().isPresent() && yardstick().isPresent()
                ? yardstick().get().ms().median() / ours().get().ms().median() : Double.NaN;
    }

    /** Whether nothing that was compared is wrong. */
    boolean right() {
        return sides.stream().allMatch(Side::right);
    }

    /** For a terminal. */
    String line() {
        var text = new StringBuilder(name).append(':');
        for (var s : sides) {
            text.append(s.ms() == null ? " %s not timed (%s);".formatted(s.name(), s.note())
                    : String.format(Locale.ROOT, " %s %s ms%s;", s.name(), Figures.digits(s.ms().median()),
                            s.right() ? "" : String.format(Locale.ROOT, " WRONG by %.1e", s.error())));
        }
        if (!Double.isNaN(ratio())) {
            text.append(String.format(Locale.ROOT, " %.2f of the speed of %s", ratio(), yardstick().get().name()));
            text.append(target > 0 ? String.format(Locale.ROOT, ", aimed at %s", target) : "");
        }
        return text.toString();
    }
}
