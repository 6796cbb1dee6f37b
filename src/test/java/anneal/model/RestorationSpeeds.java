package anneal.model;

import anneal.kernel.profile.Peak;
import anneal.kernel.profile.Profile;
import anneal.kernel.profile.ProfileReport;
import anneal.nn.ParameterArena;
import anneal.tensor.Device;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Times a forward and backward pass of Cold Diffusion's networks on the cpu, and says where the time goes. */
final class RestorationSpeeds {
    private static final int BATCH = 16;
    private static final int SIDE = 32;

    private RestorationSpeeds() {
    }

    /** @param args seconds for each network; then "profile" for a table */
    public static void main(String... args) {
        double seconds = Double.parseDouble(args[0]);
        boolean profiled = args.length > 1;
        run(new ConvNextUNetConfig(1, 32, List.of(1, 2, 4)), 1, seconds, profiled);
        run(new ResNetUNetConfig(SIDE, 3, 64, List.of(1, 2, 2), 1, List.of(16), 0), 3, seconds, profiled);
    }

    private static void run(ModelConfig config, int channels, double seconds, boolean profiled) {
        var profile = profiled ? new Profile() : null;
        try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.with(profile))) {
            var module = config.build();
            try (var arena = ParameterArena.forGradients(device, module); var scope = device.scope()) {
                arena.initialise(1);
                var random = new Random(1);
                var x = device.of(random.doubles((long) BATCH * SIDE * SIDE * channels).toArray(), BATCH, SIDE, SIDE,
                        channels);
                var t = device.ofInts(new int[BATCH], BATCH);
                long end = System.nanoTime() + (long) (seconds * 1e9);
                var millis = new double[10_000];
                int steps = 0;
                int warm = 0;
                while (System.nanoTime() < end || steps < 3) {
                    long begin = System.nanoTime();
                    try (var step = device.scope(); var tape = device.tape()) {
                        module.watch(tape);
                        tape.gradient(((ImageNetwork) module).forward(x, t).sub(x).abs().mean());
                        device.backend().synchronize();
                    }
                    millis[steps++] = (System.nanoTime() - begin) * 1e-6;
                    if (warm == 0 && System.nanoTime() > end - (long) (seconds * 0.5e9)) {
                        warm = steps;
                        if (profiled) {
                            profile.clear();
                        }
                    }
                }
                Arrays.sort(millis, warm, steps);
                System.out.printf("%s, %,d parameters, batch %d: median %.1f ms of %d steps%n", config.type(),
                        module.parameterCount(), BATCH, millis[(warm + steps) / 2], steps - warm);
                if (profiled) {
                    var out = new PrintWriter(System.out, true);
                    ProfileReport.of(profile, new Peak(200e9, 20e9), false, warm, steps - warm, 25).print(out);
                    out.flush();
                }
            }
        }
    }
}
