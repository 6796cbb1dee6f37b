package anneal.parity;

import anneal.diffusion.cold.Blend;
import anneal.diffusion.cold.Blur;
import anneal.diffusion.cold.BlurSchedule;
import anneal.diffusion.cold.ColourFade;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.Desaturation;
import anneal.diffusion.cold.DesaturationSchedule;
import anneal.diffusion.cold.EightBit;
import anneal.diffusion.cold.Fade;
import anneal.diffusion.cold.FadeSchedule;
import anneal.diffusion.cold.NaiveFade;
import anneal.diffusion.cold.Pixelate;
import anneal.diffusion.cold.RandomFade;
import anneal.diffusion.cold.ResolutionSchedule;
import anneal.diffusion.cold.Snow;
import anneal.diffusion.cold.SnowFlakes;
import anneal.diffusion.cold.SnowSeverity;
import anneal.diffusion.cold.SpiralFade;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;

/** The degradation that a Cold Diffusion case describes, in the current scope of its device. */
record ColdSetup(CaseContext c) {
    /** The degradation of a family, as the kinds name it after {@code degrade_}; {@code res} is {@code resolution}. */
    Degradation degradation(String family) throws IOException {
        return switch (family) {
            case "blur" -> Blur.of(c.device(), blurSchedule(), size(), isDiscrete());
            case "fade" -> fade();
            case "fade_naive" -> naiveFade();
            case "fadegen" -> colourFade().towards(end());
            case "resolution", "res" -> new Pixelate(c.device(), ResolutionSchedule.named(routine(), steps()), size());
            case "snow" -> snow();
            case "decolor" -> desaturation();
            case "mix", "noise" -> blend().towards(end());
            default -> throw new UnsupportedOperationException("degradation '" + family + "'");
        };
    }

    /** The same as networks are trained with it: in 8 bits where the case says {@code discrete}. */
    Degradation training(String family) throws IOException {
        var degradation = degradation(family);
        return isDiscrete() ? new EightBit(degradation) : degradation;
    }

    boolean isDiscrete() {
        return config().path("discrete").asBoolean();
    }

    int steps() {
        return config().path("T").asInt();
    }

    int size() {
        return config().path("size").asInt();
    }

    String routine() {
        return config().path("routine").asText();
    }

    private JsonNode config() {
        return c.config();
    }

    BlurSchedule blurSchedule() {
        return new BlurSchedule(BlurSchedule.Routine.named(routine()), config().path("kernel_size").asInt(),
                config().path("kernel_std").asDouble(), steps());
    }

    /** Of the fixtures' routines, those with random centres differ in the crop only. */
    FadeSchedule fadeSchedule() {
        return new FadeSchedule(config().path("kernel_std").asDouble(), config().path("initial_mask").asInt(), steps(),
                routine().equals("Constant"));
    }

    boolean hasRandomCentres() {
        return routine().equals("Random_Incremental");
    }

    private Degradation fade() throws IOException {
        return switch (routine()) {
            case "Incremental", "Constant" -> new Fade(c.device(), fadeSchedule(), size());
            case "Random_Incremental" -> new RandomFade(c.device(), fadeSchedule(), size())
                    .at(numbers("rand_x"), numbers("rand_y"));
            default -> throw new IllegalArgumentException("no fade routine is called '" + routine() + "'");
        };
    }

    /** One number an image, an input or a list of the config. */
    int[] numbers(String name) throws IOException {
        if (c.has(name)) {
            return c.ints(name);
        }
        var list = config().path(name);
        var numbers = new int[list.size()];
        Arrays.setAll(numbers, i -> list.path(i).asInt());
        return numbers;
    }

    double naiveFactor(int i) {
        return NaiveFade.factor(config().path("start_fade_factor").asDouble(), routine().equals("Constant"), i);
    }

    private Degradation naiveFade() throws IOException {
        return switch (routine()) {
            case "Incremental", "Constant" -> new NaiveFade(c.device(), config().path("start_fade_factor").asDouble(),
                    routine().equals("Constant"), steps());
            case "Spiral" -> new SpiralFade(c.device(), size(), steps()).toGrey();
            case "Spiral_2" -> new SpiralFade(c.device(), size(), steps()).to(c.tensor("fill"));
            default -> throw new IllegalArgumentException("no naive fade routine is called '" + routine() + "'");
        };
    }

    ColourFade colourFade() {
        return new ColourFade(c.device(), fadeSchedule(), size(), config().path("reverse").asBoolean());
    }

    /** Where a batch ends: an image, or a colour for each image. */
    private Tensor end() throws IOException {
        return c.has("colour") ? colour() : c.image("x_end");
    }

    /** [N, 1, 1, C]. */
    Tensor colour() throws IOException {
        var colour = c.tensor("colour");
        return colour.reshape(colour.dim(0), 1, 1, colour.dim(1));
    }

    Blend blend() {
        return Blend.cosine(c.device(), steps());
    }

    Desaturation desaturation() {
        return new Desaturation(c.device(), desaturationSchedule(), isLab());
    }

    DesaturationSchedule desaturationSchedule() {
        return DesaturationSchedule.named(routine(), config().path("ema_factor").asDouble(),
                config().path("total_remove").asBoolean(), steps());
    }

    boolean isLab() {
        return config().path("to_lab").asBoolean();
    }

    SnowSeverity severity() {
        return SnowSeverity.of(config().path("snow_level").asInt());
    }

    Snow.Falling snow() throws IOException {
        return new Snow(c.device(), severity(), size(), steps(), config().path("fix_brightness").asBoolean())
                .falling(flakes());
    }

    /** From {@code raw}, [S, S, layers]. */
    SnowFlakes flakes() throws IOException {
        int layers = c.data("raw").intShape()[2];
        var raw = c.doubles("raw");
        int pixels = raw.length / layers;
        var pixelsOfLayers = new double[raw.length];
        Arrays.setAll(pixelsOfLayers, i -> raw[i % pixels * layers + i / pixels]);
        return SnowFlakes.of(severity(), pixelsOfLayers, size(), vertical(layers));
    }

    /** The whole batch goes one way, or, with single_snow, those images that {@code vidx} names for each step. */
    private boolean[][] vertical(int layers) throws IOException {
        var vertical = new boolean[steps()][layers];
        if (config().path("single_snow").asBoolean()) {
            var index = c.ints("vidx");
            int each = index.length / steps();
            for (int i = 0; i < index.length; i++) {
                vertical[i / each][index[i]] = true;
            }
        } else {
            boolean all = c.ints("vertical")[0] != 0;
            for (var step : vertical) {
                Arrays.fill(step, all);
            }
        }
        return vertical;
    }
}
