package anneal.bench.peer;

import anneal.diffusion.GaussianDiffusion;
import anneal.diffusion.TrainingLosses;
import anneal.io.TensorData;
import anneal.kernel.AdamWSpec;
import anneal.model.UNet;
import anneal.model.UNetConfig;
import anneal.nn.ParameterArena;
import anneal.nn.StateDict;
import anneal.tensor.Device;
import anneal.tensor.RepeatedStep;
import anneal.tensor.ReplayedStep;
import anneal.tensor.Scope;
import anneal.tensor.Tensor;
import anneal.train.AdamW;
import anneal.train.MicroBatch;
import anneal.train.TrainStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Training steps of a UNet, always on the same batch and noise. */
public final class UNetTraining implements Ours {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPS = 1e-8;

    private final Device device;
    private final UNet unet;
    private final ParameterArena arena;
    private final AdamW optimizer;
    private final TrainStep step;
    private final Scope scope;
    private final RepeatedStep repeated;
    private final ReplayedStep replayed;
    private final UNetInputs in;
    private final Tensor noise;
    private final TrainingLosses losses;
    private long steps;

    /** Of the optimiser, on both sides. */
    public record Settings(double learningRate, double weightDecay, double maxGradientNorm, double emaRate) {
        static final Settings DEFAULT = new Settings(1e-4, 0, 1, 0.9999);
    }

    /** @param inputs as {@link UNetItem#inputs} makes them */
    public UNetTraining(UNetConfig config, Device device, Map<String, TensorData> inputs) {
        this.device = device;
        unet = config.build();
        arena = ParameterArena.forTraining(device, unet, 1);
        optimizer = new AdamW(arena, new AdamWSpec(BETA1, BETA2, EPS, Settings.DEFAULT.weightDecay),
                Settings.DEFAULT.emaRate);
        step = new TrainStep(arena, optimizer, Settings.DEFAULT.maxGradientNorm);
        scope = device.scope();
        repeated = device.repeatedStep();
        replayed = repeated.of(() -> step.run(List.of(new MicroBatch(this::named, null, 1))));
        in = UNetInputs.load(unet, device, inputs);
        arena.startEmas();
        noise = UNetInputs.floats(device, inputs.get("noise"));
        losses = new TrainingLosses(new GaussianDiffusion(UNetItem.process(config.learnedVariance()), device));
    }

    private Tensor loss() {
        return losses.of((x, t) -> unet.forward(x, t, in.y()), in.x(), in.t(), noise).loss();
    }

    @Override
    public void run() {
        enqueue();
        device.backend().synchronize();
    }

    @Override
    public void enqueue() {
        optimizer.prepare(Settings.DEFAULT.learningRate, ++steps);
        replayed.run();
    }

    private SequencedMap<String, Tensor> named() {
        var out = new LinkedHashMap<String, Tensor>();
        out.put(MicroBatch.LOSS, loss());
        return out;
    }

    @Override
    public SequencedMap<String, float[]> results() {
        var out = new LinkedHashMap<String, float[]>();
        arena.zeroGradients();
        try (var one = device.scope(); var tape = device.tape()) {
            unet.watch(tape);
            var loss = loss();
            tape.backward(loss.mean());
            out.put("loss", loss.toFloats());
        }
        StateDict.gradients(unet).forEach((name, data) -> out.put("grad." + name, data.toFloats()));
        return out;
    }

    @Override
    public void close() {
        replayed.close();
        repeated.close();
        scope.close();
        optimizer.close();
        arena.close();
    }
}
