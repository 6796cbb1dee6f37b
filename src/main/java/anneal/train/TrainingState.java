package anneal.train;

import anneal.diffusion.TimestepSampler;
import anneal.io.DataException;
import anneal.io.Json;
import anneal.io.SafeTensors;
import anneal.io.SafeTensorsFile;
import anneal.io.TensorData;
import anneal.nn.ArenaBuffer;
import anneal.nn.ParameterArena;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint holds beside the arena.
 *
 * @param step    optimiser steps done
 * @param seconds time spent on them
 * @param log     how far the logs reached
 * @param sampler what the timestep sampler has learned
 * @param meter   losses that are not in the log yet
 */
record TrainingState(int step, double seconds, TrainingLog.Position log, TimestepSampler.State sampler,
                     Map<String, double[]> meter) {
    private static final String METER = "meter.";
    private static final String STEP = "anneal.step";
    private static final String SECONDS = "anneal.seconds";
    private static final String JSON_LOG = "anneal.log.jsonl";
    private static final String CSV_LOG = "anneal.log.csv";
    private static final String CONFIG = "anneal.config";
    private static final String CHECKSUM = "anneal.crc32c";

    /** Writes the arena (values, both moments, every average, as they lie in memory), the config and this. */
    void save(Path file, ParameterArena arena, TrainingConfig config) throws IOException {
        var tensors = new LinkedHashMap<String, TensorData>();
        buffers(arena, config.optimization().emaRates()).forEach((name, buffer) -> {
            float[] values = buffer.flat().toFloats();
            tensors.put(name, TensorData.of(values, values.length));
        });
        tensors.put("sampler.loss_history", TensorData.of(sampler.lossHistory(), sampler.lossHistory().length));
        tensors.put("sampler.loss_counts", TensorData.of(sampler.lossCounts(), sampler.lossCounts().length));
        meter.forEach((name, sums) -> tensors.put(METER + name, TensorData.of(sums, sums.length)));
        var metadata = new LinkedHashMap<String, String>();
        metadata.put(STEP, Integer.toString(step));
        metadata.put(SECONDS, Double.toString(seconds));
        metadata.put(JSON_LOG, Long.toString(log.json()));
        metadata.put(CSV_LOG, Long.toString(log.csv()));
        metadata.put(CONFIG, Json.write(config));
        metadata.put(CHECKSUM, Checksum.of(tensors, metadata));
        SafeTensors.write(file, tensors, metadata);
    }

    /**
     * Reads a checkpoint into the arena.
     *
     * @throws DataException in one line and with nothing changed, if it is damaged or of another config
     */
    static TrainingState load(Path file, ParameterArena arena, TrainingConfig config) throws IOException {
        try (SafeTensorsFile checkpoint = SafeTensors.read(file)) {
            checkSound(checkpoint);
            checkConfig(checkpoint, config);
            Map<String, ArenaBuffer> buffers = buffers(arena, config.optimization().emaRates());
            for (var e : buffers.entrySet()) {
                TensorData data = checkpoint.get(e.getKey());
                if (data.elements() != e.getValue().flat().size()) {
                    throw DataException.in(file, "holds %d numbers as %s, but the model has %d", data.elements(),
                            e.getKey(), e.getValue().flat().size());
                }
            }
            TimestepSampler.State sampler = new TimestepSampler.State(
                    checkpoint.get("sampler.loss_history").toDoubles(),
                    toInts(checkpoint.get("sampler.loss_counts").toLongs()));
            TrainingState state = fromMetadata(file, checkpoint.metadata(), sampler, meter(checkpoint));
            for (var e : buffers.entrySet()) {
                e.getValue().flat().copyFrom(checkpoint.get(e.getKey()).toFloats());
            }
            arena.compute(arena.values());
            return state;
        }
    }

    private static void checkSound(SafeTensorsFile checkpoint) throws DataException {
        var metadata = new LinkedHashMap<>(checkpoint.metadata());
        String noted = metadata.remove(CHECKSUM);
        if (noted == null) {
            throw DataException.in(checkpoint.path(), "is not a checkpoint of a training run (no %s in its metadata)",
                    CHECKSUM);
        }
        String found = Checksum.of(checkpoint.tensors(), metadata);
        if (!found.equals(noted)) {
            throw DataException.in(checkpoint.path(), "is damaged: its checksum is %s, it was written with %s", found,
                    noted);
        }
    }

    /** Images may have moved to another place; all else that the numbers depend on must be the same. */
    private static void checkConfig(SafeTensorsFile checkpoint, TrainingConfig config) throws DataException {
        List<String> differences;
        try {
            var mine = Json.read(checkpoint.metadata().getOrDefault(CONFIG, ""), TrainingConfig.class);
            differences = mine.withData(config.data()).differences(config);
        } catch (IllegalArgumentException e) {
            throw DataException.in(checkpoint.path(), "%s", e.getMessage());
        }
        if (!differences.isEmpty()) {
            throw DataException.in(checkpoint.path(), "was written with another config (the checkpoint's value, "
                    + "config.json's): %s", String.join("; ", differences));
        }
    }

    private static TrainingState fromMetadata(Path file, Map<String, String> m, TimestepSampler.State sampler,
                                              Map<String, double[]> meter) throws DataException {
        try {
            return new TrainingState(Integer.parseInt(m.get(STEP)), Double.parseDouble(m.get(SECONDS)),
                    new TrainingLog.Position(Long.parseLong(m.get(JSON_LOG)), Long.parseLong(m.get(CSV_LOG))), sampler,
                    meter);
        } catch (NumberFormatException | NullPointerException e) {
            throw DataException.in(file, "is not a checkpoint of a training run (its metadata are %s)", m.keySet());
        }
    }

    private static Map<String, double[]> meter(SafeTensorsFile checkpoint) {
        var out = new LinkedHashMap<String, double[]>();
        checkpoint.tensors().forEach((name, data) -> {
            if (name.startsWith(METER)) {
                out.put(name.substring(METER.length()), data.toDoubles());
            }
        });
        return out;
    }

    private static Map<String, ArenaBuffer> buffers(ParameterArena arena, List<Double> emaRates) {
        var out = new LinkedHashMap<String, ArenaBuffer>();
        out.put("values", arena.values());
        out.put("first_moment", arena.firstMoment());
        out.put("second_moment", arena.secondMoment());
        for (int i = 0; i < emaRates.size(); i++) {
            out.put("ema." + emaRates.get(i), arena.emas().get(i));
        }
        return out;
    }

    private static int[] toInts(long[] values) {
        int[] out = new int[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.toIntExact(values[i]);
        }
        return out;
    }
}
