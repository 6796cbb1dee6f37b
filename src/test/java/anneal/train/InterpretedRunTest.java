package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.data.ImageDataset;
import anneal.diffusion.SamplingStep;
import anneal.model.TrunkConfig;
import anneal.model.UNetConfig;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageSampler;
import anneal.sample.SampleListener;
import anneal.sample.SampleRequest;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two training steps and a short sampling run give the same bits in a JVM that never compiles and in a hot one. */
class InterpretedRunTest {
    private static final int STEPS = 2;
    private static final int SIZE = 4;
    private static final int WARM_UP = 60;
    private static final String SAMPLES = "samples.bin";

    @TempDir
    private Path folder;

    @Test
    @Tag("slow")
    void interpretedAndHotCodeTrainAndSampleTheSame() throws IOException, InterruptedException {
        Path interpreted = folder.resolve("interpreted");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var child = new ProcessBuilder(java, "-Xint", "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                InterpretedRunTest.class.getName(), interpreted.toString()).inheritIO().start();
        try {
            trainAndSample(folder.resolve("warm-up"), WARM_UP);
            Path hot = folder.resolve("hot");
            trainAndSample(hot, STEPS);
            assertTrue(child.waitFor(300, TimeUnit.SECONDS), "the interpreter takes too long");
            assertEquals(0, child.exitValue());
            RunComparison.assertSame(hot, interpreted);
            assertEquals(-1, Files.mismatch(hot.resolve(SAMPLES), interpreted.resolve(SAMPLES)));
        } finally {
            child.destroyForcibly();
        }
    }

    /** In the other JVM. */
    public static void main(String[] args) throws IOException {
        trainAndSample(Path.of(args[0]), STEPS);
    }

    private static void trainAndSample(Path run, int steps) throws IOException {
        try (var device = Devices.open("cpu", DeviceOptions.threads(2))) {
            try (var directory = RunDirectory.open(run);
                 var training = TrainingRun.start(directory, smallest(steps), device, new Noise(SIZE))) {
                training.run(new Cadence(0, 1, 0), new TrainingListener() { }, () -> false);
            }
            try (var opened = DiffusionModel.open(run.resolve("ema-0.5.safetensors"), device)) {
                var request = SampleRequest.of(1, 4).withLabels(List.of(2)).withSampler("ddpm", 0, 0);
                Files.write(run.resolve(SAMPLES), trajectory(new ImageSampler(device, opened.model(), null), request));
            }
        }
    }

    /** The recipe of the other tests for four by four pixels, because a vector operation takes the interpreter long. */
    private static TrainingConfig smallest(int steps) {
        var recipe = Recipes.unet(steps);
        var trunk = TrunkConfig.builder(SIZE, 1, 32).channelMult(1).numResBlocks(1).attentionAtPixels(SIZE)
                .numHeadChannels(16).useScaleShiftNorm(true).dropout(0.1).build();
        var o = recipe.optimization();
        var one = new OptimizationConfig(steps, 1, 0, o.learningRate(), o.weightDecay(), 1, 0, o.emaRates(),
                o.maxGradientNorm(), o.timestepSampler(), o.flip(), o.seed());
        var unet = new UNetConfig(trunk, 1, true, -1, 3, true);
        return new TrainingConfig("made up", unet, null, null, recipe.diffusion(), recipe.labelDropout(), one);
    }

    /** Grey noise in three classes. */
    private record Noise(int extent) implements ImageDataset {
        @Override
        public int size() {
            return 5;
        }

        @Override
        public int height() {
            return extent;
        }

        @Override
        public int width() {
            return extent;
        }

        @Override
        public int channels() {
            return 1;
        }

        @Override
        public List<String> classNames() {
            return List.of("a", "b", "c");
        }

        @Override
        public int label(int i) {
            return i % 3;
        }

        @Override
        public void copyImage(int i, byte[] dst, int offset) {
            byte[] image = new byte[extent * extent];
            new Random(i).nextBytes(image);
            System.arraycopy(image, 0, dst, offset, image.length);
        }

        @Override
        public String description() {
            return "noise";
        }
    }

    /** x after every step: the bytes of the pictures would hide small differences. */
    private static byte[] trajectory(ImageSampler sampler, SampleRequest request) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        sampler.run(request, new SampleListener() {
            @Override
            public void step(int first, SamplingStep step) {
                try {
                    for (float v : step.x().toFloats()) {
                        out.writeFloat(v);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException("memory can be written to", e);
                }
            }

            @Override
            public void images(int first, byte[] images, int[] labels) {
                bytes.writeBytes(images);
            }
        }, () -> false);
        return bytes.toByteArray();
    }
}
