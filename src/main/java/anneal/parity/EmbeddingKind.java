package anneal.parity;

import anneal.io.TensorData;
import anneal.nn.TimestepEmbedding;
import java.io.IOException;
import java.util.SequencedMap;

/** The sinusoidal embedding of timesteps. */
final class EmbeddingKind implements CaseRunner {
    private static final double MAX_PERIOD = 10000;

    @Override
    public SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var t = c.timesteps("t");
        return c.outputs().put("out.emb", TimestepEmbedding.sinusoidal(t, c.config().path("dim").asInt(),
                c.config().path("max_period").asDouble(MAX_PERIOD))).tensors();
    }
}
