package anneal.train;

import anneal.model.ModelFile;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.sample.ModelMetadata;
import java.io.IOException;
import java.util.List;

/**
 * Writes the weights of a run as files that can be sampled from: as they are, and every average of them.
 *
 * @param classNames of the data set
 */
record ModelWriter(RunDirectory directory, TrainingConfig config, ParameterArena arena, List<String> classNames) {
    private static final String STEP = "anneal.step";
    private static final String EMA = "anneal.ema";

    void write(int step) throws IOException {
        var metadata = ModelMetadata.of(config.diffusion(), config.classes() > 0 ? classNames : List.of());
        if (config.restorer() != null) {
            ModelMetadata.putCold(metadata, config.restorer().degradation(), config.imageSize());
        }
        metadata.put(STEP, Integer.toString(step));
        var module = arena.module();
        ModelFile.save(directory.model(), config.model(), StateDict.read(module, arena.values()::of), metadata);
        var rates = config.optimization().emaRates();
        for (int i = 0; i < rates.size(); i++) {
            metadata.put(EMA, Double.toString(rates.get(i)));
            ModelFile.save(directory.ema(rates.get(i)), config.model(),
                    StateDict.read(module, arena.emas().get(i)::of), metadata);
        }
    }
}
