package anneal.cli;

import anneal.sample.ColdGenerator;
import anneal.sample.RestorationModel;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.Objects;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How a restorer generates (Cold Diffusion, section 5). */
final class ColdOptions {
    private static final double SYMMETRY_NOISE = 0.002;

    @ArgGroup(validate = false)
    private ColdStartOptions start = new ColdStartOptions();

    @Option(names = "--symmetry-noise", paramLabel = "STD",
            description = "Deviation of the noise that breaks the start's symmetry; 0 keeps it (default: "
                    + SYMMETRY_NOISE + ").")
    private Double symmetryNoise;

    /** @throws IllegalArgumentException in one line, if one was given for a diffusion model */
    void refuse() {
        if (symmetryNoise != null || !start.isEmpty()) {
            throw new IllegalArgumentException("--start-data, --start-images, --start-grid, --components and "
                    + "--symmetry-noise are for a restorer of degraded images; this is a diffusion model");
        }
    }

    /**
     * The generator, its start fitted.
     *
     * @param place where the model was looked for
     */
    ColdGenerator generator(Device on, RestorationModel model, String place, long seed) throws IOException {
        return new ColdGenerator(on, model, start.fit(on, model, place, seed),
                Objects.requireNonNullElse(symmetryNoise, SYMMETRY_NOISE));
    }
}
