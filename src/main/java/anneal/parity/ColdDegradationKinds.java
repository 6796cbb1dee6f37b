package anneal.parity;

import anneal.diffusion.BetaSchedule;
import anneal.diffusion.DiffusionTables;
import anneal.diffusion.cold.Blur;
import anneal.diffusion.cold.BlurSchedule;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.DesaturationSchedule;
import anneal.diffusion.cold.LabColour;
import anneal.diffusion.cold.Levels;
import anneal.diffusion.cold.Snow;
import anneal.diffusion.cold.SnowSeverity.Range;
import anneal.diffusion.cold.SpiralFade;
import anneal.io.TensorData;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Cold Diffusion's degradations of given images at every level, and the tables behind them. */
final class ColdDegradationKinds {
    private ColdDegradationKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("degrade_blur", ColdDegradationKinds::blur);
        kinds.put("degrade_fade", ColdDegradationKinds::fade);
        kinds.put("degrade_fade_naive", ColdDegradationKinds::naiveFade);
        kinds.put("degrade_fadegen", ColdDegradationKinds::colourFade);
        kinds.put("degrade_resolution", c -> everyLevel(c, "resolution").tensors());
        kinds.put("degrade_snow", ColdDegradationKinds::snow);
        kinds.put("degrade_decolor", ColdDegradationKinds::desaturation);
        kinds.put("degrade_mix", c -> blend(c, "mix"));
        kinds.put("degrade_noise", c -> blend(c, "noise"));
    }

    private static Outputs everyLevel(CaseContext c, String family) throws IOException {
        return c.outputs().put("D", everyLevel(new ColdSetup(c).training(family), c.image("x0")));
    }

    /** D(x, s) for s = 1..T, [T, N, C, H, W]. */
    private static TensorData everyLevel(Degradation degradation, Tensor x) {
        return each(degradation.steps(), s -> degradation.degrade(x, level(degradation, x, s)));
    }

    private static Tensor level(Degradation degradation, Tensor x, int s) {
        return Levels.same(x.device(), degradation, s, x.dim(0));
    }

    /** Images of s = 1..steps. */
    private static TensorData each(int steps, IntFunction<Tensor> images) {
        return Outputs.stack(IntStream.rangeClosed(1, steps).mapToObj(s -> Outputs.imageOf(images.apply(s))).toList());
    }

    private static SequencedMap<String, TensorData> blur(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var schedule = setup.blurSchedule();
        var out = everyLevel(c, "blur");
        var kernels = IntStream.range(0, setup.steps()).mapToObj(i -> kernel(schedule.taps(i))).toList();
        if (schedule.routine() == BlurSchedule.Routine.INDIVIDUAL_INCREMENTAL) {
            var single = Blur.ofSingleKernels(c.device(), schedule, setup.size());
            out.put("opt", everyLevel(single, c.image("x0")));
            for (int i = 0; i < kernels.size(); i++) {
                out.put("kernel" + i, kernels.get(i));
            }
        } else {
            out.put("kernels", Outputs.stack(kernels));
        }
        return out.tensors();
    }

    private static TensorData kernel(double... taps) {
        int k = taps.length;
        var kernel = new double[k * k];
        Arrays.setAll(kernel, i -> taps[i / k] * taps[i % k]);
        return TensorData.of(kernel, k, k);
    }

    private static SequencedMap<String, TensorData> fade(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var schedule = setup.fadeSchedule();
        var out = everyLevel(c, "fade");
        if (!setup.hasRandomCentres()) {
            var steps = IntStream.range(0, setup.steps());
            return out.put("masks", squares(steps, i -> schedule.mask(i, setup.size()))).tensors();
        }
        int extent = 2 * setup.size();
        out.put("masks", squares(IntStream.of(0, setup.steps() - 1), i -> schedule.mask(i, extent)));
        var rows = setup.numbers("rand_x");
        var columns = setup.numbers("rand_y");
        var centres = new long[2 * rows.length];
        for (int i = 0; i < rows.length; i++) {
            centres[2 * i] = setup.size() - 1 - rows[i];
            centres[2 * i + 1] = setup.size() - 1 - columns[i];
        }
        return out.put("centre", TensorData.of(centres, rows.length, 2)).tensors();
    }

    /** A square of numbers for each index, stacked. */
    private static TensorData squares(IntStream indices, IntFunction<double[]> square) {
        var all = new ArrayList<TensorData>();
        indices.forEach(i -> {
            var values = square.apply(i);
            int size = (int) Math.round(Math.sqrt(values.length));
            all.add(TensorData.of(values, size, size));
        });
        return Outputs.stack(all);
    }

    private static SequencedMap<String, TensorData> naiveFade(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var out = everyLevel(c, "fade_naive");
        if (setup.routine().startsWith("Spiral")) {
            var levels = IntStream.rangeClosed(1, setup.steps());
            return out.put("keep", squares(levels, s -> SpiralFade.mask(setup.size(), s))).tensors();
        }
        var factors = IntStream.range(0, setup.steps()).mapToDouble(setup::naiveFactor).toArray();
        return out.put("factors", factors).tensors();
    }

    private static SequencedMap<String, TensorData> colourFade(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var fade = setup.colourFade();
        return everyLevel(c, "fadegen")
                .put("alphas", squares(IntStream.rangeClosed(1, setup.steps()), fade::imageWeight))
                .put("one_minus_alphas", squares(IntStream.rangeClosed(1, setup.steps()), fade::colourWeight))
                .tensors();
    }

    private static SequencedMap<String, TensorData> snow(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var severity = setup.severity();
        var flakes = setup.flakes();
        var snow = setup.snow();
        int layers = flakes.layers();
        int size = setup.size();
        int steps = setup.steps();
        var base = new double[flakes.base().length];
        Arrays.setAll(base, i -> flakes.base()[i % layers * size * size + i / layers]);
        return c.outputs()
                .put("D", everyLevel(snow, c.image("x0")))
                .put("base", TensorData.of(base, size, size, layers))
                .put("layers", layers(c, snow, layers))
                .put("thresholds", range(severity.threshold(), steps))
                .put("blur_sigmas", range(severity.motion(), steps))
                .put("brightness", range(severity.brightness(), steps))
                .tensors();
    }

    /** The snow of each level, [T, layers, H, W]. */
    static TensorData layers(CaseContext c, Snow.Falling snow, int layers) {
        return Outputs.stack(IntStream.rangeClosed(1, snow.steps())
                .mapToObj(s -> Outputs.dataOf(snow.layer(Levels.same(c.device(), snow, s, layers)))).toList());
    }

    private static double[] range(Range range, int steps) {
        return IntStream.range(0, steps).mapToDouble(i -> range.at(i, steps)).toArray();
    }

    private static SequencedMap<String, TensorData> desaturation(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var desaturation = setup.desaturation();
        var lab = new LabColour(c.device());
        var x = setup.isLab() ? lab.fromRgb(c.image("x0")) : c.image("x0");
        var out = c.outputs().put("D", everyLevel(desaturation, x)).putImage("total", desaturation.grey(x));
        out.put("mats", squares(IntStream.range(0, setup.steps()),
                i -> DesaturationSchedule.matrix(setup.desaturationSchedule().factors()[i])));
        if (setup.isLab()) {
            out.putImage("x0_lab", x).putImage("x0_lab_rgb", lab.toRgb(x));
            out.put("D_rgb", each(setup.steps(), s ->
                    lab.toRgb(desaturation.degrade(x, level(desaturation, x, s)))));
        }
        return out.tensors();
    }

    private static SequencedMap<String, TensorData> blend(CaseContext c, String family) throws IOException {
        var tables = DiffusionTables.of(BetaSchedule.Cosine.IMPROVED_DDPM.betas(new ColdSetup(c).steps()));
        return everyLevel(c, family)
                .put("betas", tables.betas())
                .put("alphas_cumprod", tables.alphasCumprod())
                .put("sqrt_alphas_cumprod", tables.sqrtAlphasCumprod())
                .put("sqrt_one_minus_alphas_cumprod", tables.sqrtOneMinusAlphasCumprod())
                .tensors();
    }
}
