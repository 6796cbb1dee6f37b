package anneal.parity;

import anneal.diffusion.cold.ColdGeneration;
import anneal.diffusion.cold.ColdSampler;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.Levels;
import anneal.io.TensorData;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.util.SequencedMap;

/** Generation from vectors that were drawn from a mixture of degraded images, with and without broken symmetry. */
final class ColdGenerationKind implements CaseRunner {
    @Override
    public SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var setup = new ColdSetup(c);
        var family = c.config().path("family").asText();
        var degradation = setup.degradation(family);
        var drawn = ColdGeneration.images(c.tensor("vectors"), c.config().path("channels").asInt(), setup.size());
        var out = c.outputs();
        if (!family.equals("blur")) {
            int level = c.config().path("sample_at").asInt();
            if (c.has("train_images")) {
                var x = c.image("train_images");
                var degraded = degradation.degrade(x, Levels.same(c.device(), degradation, level, x.dim(0)));
                out.put("features", ColdGeneration.features(degraded, c.config().path("siz").asInt()));
            }
            out.putImage("start_image", drawn);
            return generate(c, out, degradation, drawn, level).tensors();
        }
        var start = degradation.degrade(drawn,
                Levels.same(c.device(), degradation, degradation.steps(), drawn.dim(0)));
        return generate(c, out, degradation, start, degradation.steps()).tensors();
    }

    private static Outputs generate(CaseContext c, Outputs out, Degradation degradation, Tensor start, int level)
            throws IOException {
        for (var run : ColdSamplingKinds.runs(c)) {
            double deviation = run.name().equals("symmetric") ? 0 : c.config().path("noise_level").asDouble();
            var from = deviation == 0 ? start : ColdGeneration.breakSymmetry(start, c.image("noise"), deviation);
            out.putImage(run.name() + ".start", from);
            ColdSamplingKinds.walk(c, out, run.name(), degradation, ColdSampler.improved(), from, level);
        }
        return out;
    }
}
