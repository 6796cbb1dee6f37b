package anneal.parity;

import anneal.io.SafeTensors;
import anneal.io.TensorData;
import anneal.kernel.Precision;
import anneal.parity.CaseResult.Status;
import anneal.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Runs cases of a manifest on a device and compares every tensor that they list.
 *
 * @param precision what the device stores and multiplies: less than float32 has bars of its own ({@link PrecisionBars})
 * @param strict    hold relative norms to float64's bars too; for the reference device
 * @param dump      where to write CASE.safetensors with what was computed, or null
 */
public record ParityRun(Device device, Precision precision, Manifest manifest, boolean strict, Path dump) {
    /** In float32 or more. */
    public ParityRun(Device device, Manifest manifest, boolean strict, Path dump) {
        this(device, Precision.FP32, manifest, strict, dump);
    }

    /** Runs {@code cases} one after another; {@code each} hears of every result at once. */
    public ParityReport run(List<Manifest.Case> cases, Consumer<CaseResult> each) throws IOException {
        if (dump != null) {
            Files.createDirectories(dump);
        }
        var report = new ParityReport();
        for (var entry : cases) {
            var result = run(entry);
            report.add(result);
            each.accept(result);
        }
        return report;
    }

    /** Runs one case. Whatever goes wrong in it is a failure of the case; only the dump's own failure is thrown. */
    public CaseResult run(Manifest.Case entry) throws IOException {
        long start = System.nanoTime();
        var runner = Kinds.find(entry.kind());
        if (runner == null) {
            return result(entry, start, Status.UNSUPPORTED, "kind '" + entry.kind() + "' is not known", List.of());
        }
        if (entry.hasSlots()) {
            return result(entry, start, Status.UNSUPPORTED,
                    "kind '" + entry.kind() + "' is not known in its form with slots", List.of());
        }
        Computed computed;
        try (var scope = device.scope(); var context = CaseContext.open(device, manifest, entry)) {
            computed = compute(runner, context);
        } catch (UnsupportedOperationException e) {
            return result(entry, start, Status.UNSUPPORTED, reason(e), List.of());
        } catch (IOException | IllegalArgumentException e) {
            boolean refused = entry.expectsError() && e instanceof IllegalArgumentException;
            return result(entry, start, refused ? Status.OK : Status.FAIL, (refused ? "refused: " : "") + reason(e),
                    List.of());
        } catch (RuntimeException e) {
            var where = e.getStackTrace().length == 0 ? "" : " (" + e.getStackTrace()[0] + ")";
            var what = e.getClass().getSimpleName() + ": " + reason(e);
            return result(entry, start, Status.FAIL, what + where, List.of());
        }
        if (entry.expectsError()) {
            return result(entry, start, Status.FAIL, "must be refused, but was computed", List.of());
        }
        if (dump != null) {
            SafeTensors.write(dump.resolve(entry.name() + ".safetensors"), computed.tensors,
                    Map.of("kind", entry.kind(), "device", device.name()));
        }
        return judge(entry, start, computed.comparisons);
    }

    private record Computed(SequencedMap<String, TensorData> tensors, List<Comparison> comparisons) {
    }

    private Computed compute(CaseRunner runner, CaseContext context) throws IOException {
        var got = runner.run(context);
        return new Computed(got,
                PrecisionBars.isFloat32(precision, context.entry()) ? compare(context, got)
                        : compareInPrecision(runner, context, got));
    }

    private List<Comparison> compare(CaseContext context, SequencedMap<String, TensorData> got) throws IOException {
        boolean heldStrictly = strict && Kinds.isStrict(context.entry().kind());
        var comparisons = new ArrayList<Comparison>();
        for (var t : context.entry().expected()) {
            comparisons.add(Comparison.of(t, context.reference(t.name()), got.get(t.name()), heldStrictly,
                    context.entry().exact()));
        }
        return comparisons;
    }

    private List<Comparison> compareInPrecision(CaseRunner runner, CaseContext context,
                                                SequencedMap<String, TensorData> got) throws IOException {
        double bar = PrecisionBars.of(precision, manifest, context.entry());
        var largest = new HashMap<String, Double>();
        for (var t : context.entry().expected()) {
            double most = Arrays.stream(context.reference(t.name()).toDoubles()).map(Math::abs).max().orElse(0);
            largest.merge(family(t), most, Math::max);
        }
        var comparisons = compareInPrecision(context, got, largest, t -> bar);
        if (comparisons.stream().allMatch(Comparison::passed)) {
            return comparisons;
        }
        var changes = Conditioning.of(manifest, context.entry(), runner, PrecisionBars.unit(precision),
                t -> largest.get(family(t)));
        return compareInPrecision(context, got, largest, t ->
                PrecisionBars.of(precision, manifest, context.entry(), changes.getOrDefault(t.name(), 0.0)));
    }

    private static List<Comparison> compareInPrecision(CaseContext context, SequencedMap<String, TensorData> got,
                                                       Map<String, Double> largest,
                                                       ToDoubleFunction<Manifest.Entry> bar) throws IOException {
        var comparisons = new ArrayList<Comparison>();
        for (var t : context.entry().expected()) {
            comparisons.add(Comparison.inPrecision(t, context.reference(t.name()), got.get(t.name()),
                    bar.applyAsDouble(t), largest.get(family(t))));
        }
        return comparisons;
    }

    /** Results, gradients, or projections of gradients. */
    private static String family(Manifest.Entry t) {
        var prefix = t.name().substring(0, Math.max(0, t.name().indexOf('.')));
        return prefix.equals("gsub") ? "grad" : prefix;
    }

    private CaseResult judge(Manifest.Case entry, long start, List<Comparison> comparisons) {
        var bad = comparisons.stream().filter(c -> !c.passed()).toList();
        if (bad.isEmpty()) {
            return result(entry, start, Status.OK, "", comparisons);
        }
        var more = bad.size() == 1 ? "" : " (and %d more of %d)".formatted(bad.size() - 1, comparisons.size());
        var told = PrecisionBars.isFloat32(precision, entry) ? bad.getFirst()
                : Collections.max(bad, Comparator.comparingDouble(Comparison::overBar));
        return result(entry, start, Status.FAIL, told.complaint() + more, comparisons);
    }

    private static String reason(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static CaseResult result(Manifest.Case entry, long start, Status status, String reason,
                                     List<Comparison> comparisons) {
        return new CaseResult(entry.name(), entry.kind(), status, reason, comparisons,
                (System.nanoTime() - start) * 1e-9);
    }
}
