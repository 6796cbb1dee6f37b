package anneal.parity;

import anneal.diffusion.TrainingLosses;
import anneal.diffusion.VariationalBound;
import anneal.io.TensorData;
import java.io.IOException;
import java.util.Map;
import java.util.SequencedMap;

/** Steps of the diffusion process for given numbers, without a network. */
final class ProcessKinds {
    private ProcessKinds() {
    }

    static void addTo(Map<String, CaseRunner> kinds) {
        kinds.put("q_sample", ProcessKinds::qSample);
        kinds.put("q_posterior", ProcessKinds::qPosterior);
        kinds.put("p_mean_variance", ProcessKinds::pMeanVariance);
        kinds.put("vb_terms", ProcessKinds::vbTerms);
        kinds.put("prior_bpd", ProcessKinds::priorBpd);
        kinds.put("training_loss_raw", ProcessKinds::trainingLossRaw);
    }

    private static SequencedMap<String, TensorData> qSample(CaseContext c) throws IOException {
        var diffusion = Diffusions.of(c);
        var xStart = c.image("x_start");
        var t = c.indices("t");
        var q = diffusion.qMeanVariance(xStart, t).broadcast();
        return c.outputs()
                .putImage("out.x_t", diffusion.qSample(xStart, t, c.image("noise")))
                .putImage("out.q_mean", q.mean())
                .putImage("out.q_variance", q.variance())
                .putImage("out.q_log_variance", q.logVariance())
                .tensors();
    }

    private static SequencedMap<String, TensorData> qPosterior(CaseContext c) throws IOException {
        var q = Diffusions.of(c).qPosteriorMeanVariance(c.image("x_start"), c.image("x_t"), c.indices("t")).broadcast();
        return c.outputs()
                .putImage("out.mean", q.mean())
                .putImage("out.variance", q.variance())
                .putImage("out.log_variance_clipped", q.logVariance())
                .tensors();
    }

    private static SequencedMap<String, TensorData> pMeanVariance(CaseContext c) throws IOException {
        var p = Diffusions.of(c).pMeanVariance(c.image("model_output"), c.image("x"), c.indices("t"),
                Diffusions.filter(c.config())).broadcast();
        return c.outputs()
                .putImage("out.mean", p.mean())
                .putImage("out.variance", p.variance())
                .putImage("out.log_variance", p.logVariance())
                .putImage("out.pred_xstart", p.predXstart())
                .tensors();
    }

    private static SequencedMap<String, TensorData> vbTerms(CaseContext c) throws IOException {
        var diffusion = Diffusions.of(c);
        var xT = c.image("x_t");
        var t = c.indices("t");
        var p = diffusion.pMeanVariance(c.image("model_output"), xT, t, Diffusions.filter(c.config()));
        return c.outputs()
                .put("out.output", new VariationalBound(diffusion).term(p, c.image("x_start"), xT, t))
                .putImage("out.pred_xstart", p.predXstart())
                .tensors();
    }

    private static SequencedMap<String, TensorData> priorBpd(CaseContext c) throws IOException {
        var bound = new VariationalBound(Diffusions.of(c));
        return c.outputs().put("out.prior_bpd", bound.priorBpd(c.image("x_start"))).tensors();
    }

    private static SequencedMap<String, TensorData> trainingLossRaw(CaseContext c) throws IOException {
        var diffusion = Diffusions.of(c);
        var losses = new TrainingLosses(diffusion);
        var xStart = c.image("x_start");
        var t = c.indices("t");
        var noise = c.image("noise");
        var out = c.outputs();
        try (var tape = c.device().tape()) {
            var output = c.image("model_output");
            tape.watch(output);
            var xT = diffusion.qSample(xStart, t, noise);
            var terms = losses.of(output, xStart, xT, t, noise);
            put(out, terms);
            out.putImage("grad.model_output", tape.gradient(terms.loss().mean(), output)[0]);
        }
        return out.tensors();
    }

    /** The losses of each sample, those that there are. */
    static void put(Outputs out, TrainingLosses.Terms terms) {
        out.put("out.loss", terms.loss());
        if (terms.mse() != null) {
            out.put("out.mse", terms.mse());
        }
        if (terms.vb() != null) {
            out.put("out.vb", terms.vb());
        }
    }
}
