package anneal.train;

import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.TrainingLosses;
import anneal.diffusion.cold.Degradation;
import anneal.diffusion.cold.DegradationSource;
import anneal.diffusion.cold.Levels;
import anneal.diffusion.cold.RestorationLoss;
import anneal.model.ImageNetwork;
import anneal.model.NoisyClassifier;
import anneal.model.UNet;
import anneal.nn.DropoutState;
import anneal.tensor.Softmax;
import anneal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** What a model is trained to do on a batch; the training loop knows nothing else about it. */
interface Objective {
    /** Names of losses that are reported beside the one that is minimised. */
    String MSE = "mse";
    String VB = "vb";
    String ACCURACY = "accuracy";

    /**
     * Losses by name, one a sample [n], among them {@link MicroBatch#LOSS}, which is minimised.
     *
     * @param xStart images [n, H, W, C] in -1..1
     * @param labels I32 [n], or null without classes
     * @param t      I32 [n]
     * @param noise  like xStart
     */
    SequencedMap<String, Tensor> losses(Tensor xStart, Tensor labels, Tensor t, Tensor noise);

    /** The model's dropout. */
    DropoutState dropout();

    /** Draws what else is random in a batch, just before {@link #losses}; the tensors lie in the current scope. */
    default void prepare(int step, int... samples) {
        // most have nothing but timesteps and noise
    }

    /** Whether {@link #prepare} makes nothing new, so that a step can be recorded and replayed. */
    default boolean isReplayable() {
        return true;
    }

    /** The diffusion model's own losses, by {@link anneal.diffusion.LossType}. */
    record Denoise(UNet unet, TrainingLosses training) implements Objective {
        @Override
        public SequencedMap<String, Tensor> losses(Tensor xStart, Tensor labels, Tensor t, Tensor noise) {
            var terms = training.of((x, time) -> unet.forward(x, time, labels), xStart, t, noise);
            var out = new LinkedHashMap<String, Tensor>();
            out.put(MicroBatch.LOSS, terms.loss());
            if (terms.vb() != null) {
                out.put(MSE, terms.mse());
                out.put(VB, terms.vb());
            }
            return out;
        }

        @Override
        public DropoutState dropout() {
            return unet.dropout();
        }
    }

    /** Cold Diffusion's distance of the restored images from the clean ones (Bansal et al. 2022, equation 1). */
    final class Restore implements Objective {
        private final ImageNetwork network;
        private final DegradationSource source;
        private final RestorationLoss loss;
        private final long seed;
        private Degradation degradation;

        Restore(ImageNetwork network, DegradationSource source, RestorationLoss loss, long seed) {
            this.network = network;
            this.source = source;
            this.loss = loss;
            this.seed = seed;
        }

        @Override
        public boolean isReplayable() {
            return source.fixed();
        }

        @Override
        public void prepare(int step, int... samples) {
            degradation = source.forBatch(seed, Streams.DEGRADATION, step, samples);
        }

        @Override
        public SequencedMap<String, Tensor> losses(Tensor xStart, Tensor labels, Tensor t, Tensor noise) {
            var terms = loss.of(network::forward, degradation, xStart, Levels.ofCodeTimes(t));
            var out = new LinkedHashMap<String, Tensor>();
            out.put(MicroBatch.LOSS, terms.loss());
            return out;
        }

        @Override
        public DropoutState dropout() {
            return network.dropout();
        }
    }

    /** Cross entropy of a classifier on the images as they are, which it is told are those of timestep 0. */
    record ClassifyClean(NoisyClassifier classifier) implements Objective {
        @Override
        public SequencedMap<String, Tensor> losses(Tensor xStart, Tensor labels, Tensor t, Tensor noise) {
            return classification(classifier.forward(xStart, t), labels);
        }

        @Override
        public DropoutState dropout() {
            return classifier.dropout();
        }
    }

    private static SequencedMap<String, Tensor> classification(Tensor logits, Tensor labels) {
        var out = new LinkedHashMap<String, Tensor>();
        out.put(MicroBatch.LOSS, Softmax.crossEntropy(logits, labels));
        out.put(ACCURACY, Accuracy.of(logits.detach(), labels));
        return out;
    }

    /** Cross entropy of a classifier on noised images ("Diffusion Models Beat GANs", section 4 and appendix H). */
    record Classify(NoisyClassifier classifier, GaussianDiffusion diffusion) implements Objective {
        @Override
        public SequencedMap<String, Tensor> losses(Tensor xStart, Tensor labels, Tensor t, Tensor noise) {
            var noised = diffusion.qSample(xStart, t, noise);
            return classification(classifier.forward(noised, diffusion.modelTimesteps(t)), labels);
        }

        @Override
        public DropoutState dropout() {
            return classifier.dropout();
        }
    }
}
