package anneal.gpucheck;

import anneal.kernel.Backend;
import anneal.kernel.Precision;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.cuda.CudaOptions;
import anneal.kernel.cuda.vendor.VendorLibraries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Our kernels beside cuBLAS, cuDNN and PyTorch on the same card, a first look: a case is a note with everybody's
 * time.
 */
final class Speeds {
    private static final double ROUND_MILLISECONDS = 30;
    /** Of the shapes of an ADM UNet on 32x32 images, and products that fill the chip. */
    private static final List<String> CASES = List.of("gemm 4096 4096 4096", "gemm 16384 512 512", "conv 64 32 128 128",
            "conv_data 64 32 128 128", "conv_weight 64 32 128 128", "conv 64 16 256 256", "conv_data 64 16 256 256",
            "conv_weight 64 16 256 256", "conv 64 8 512 512", "attention 64 4 256 64", "attention 64 8 1024 64");

    private Speeds() {
    }

    static void run(Context c) {
        var cases = CASES.stream().map(SpeedCase::of).toList();
        var vendorMissing = VendorLibraries.missing();
        vendorMissing.ifPresent(reason -> c.findings().add(Finding.note("cuBLAS and cuDNN", "--vendor " + reason)));
        for (var precision : Precision.values()) {
            var name = precision.name().toLowerCase(Locale.ROOT);
            var times = new LinkedHashMap<String, Map<SpeedCase, Double>>();
            try (var device = CudaBackend.gpu(new CudaOptions(0, false, precision))) {
                times.put("ours", measure(device, cases, ROUND_MILLISECONDS));
            }
            if (vendorMissing.isEmpty()) {
                var products = cases.stream().filter(s -> !s.kind().equals("attention")).toList();
                try (var device = CudaBackend.gpu(new CudaOptions(0, false, precision, true))) {
                    times.put("cuBLAS/cuDNN", measure(device, products, ROUND_MILLISECONDS));
                }
            }
            times.put("PyTorch", torch(c, cases, "cuda", name, "python3"));
            cases.forEach(s -> c.findings().add(Finding.note(s + " " + name, line(s, times))));
        }
    }

    /** Milliseconds of every case. */
    static Map<SpeedCase, Double> measure(Backend device, List<SpeedCase> cases, double roundMilliseconds) {
        var all = new LinkedHashMap<SpeedCase, Double>();
        for (var s : cases) {
            try (var call = s.prepare(device)) {
                all.put(s, call.milliseconds(roundMilliseconds));
            }
        }
        return all;
    }

    /** PyTorch's milliseconds of the same; empty, and a note why, if there is no PyTorch. */
    static Map<SpeedCase, Double> torch(Context c, List<SpeedCase> cases, String device, String precision,
                                        String python) {
        var all = new LinkedHashMap<SpeedCase, Double>();
        var found = Programs.find(python);
        if (found.isEmpty()) {
            c.findings().add(Finding.note("PyTorch in " + precision, "there is no " + python + " on this machine"));
            return all;
        }
        var command = new ArrayList<>(List.of(found.get().toString(), "-c", script(), device, precision));
        cases.forEach(s -> command.add(s.toString()));
        var output = Programs.output(command);
        for (var line : output.lines().toList()) {
            if (line.startsWith("time ")) {
                var parts = line.substring("time ".length()).split(": ");
                all.put(SpeedCase.of(parts[0]), Double.valueOf(parts[1]));
            }
        }
        if (all.size() < cases.size()) {
            c.findings().add(Finding.note("PyTorch in " + precision, "timed " + all.size() + " of " + cases.size()
                    + ": "
                    + output.lines().reduce((a, b) -> b).orElse("no output")));
        }
        return all;
    }

    private static String script() {
        try (var in = Speeds.class.getResourceAsStream("torch_speeds.py")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everybody's time and rate, and how many times theirs ours is. */
    static String line(SpeedCase s, Map<String, Map<SpeedCase, Double>> times) {
        double ours = times.get("ours").get(s);
        var parts = new ArrayList<String>();
        times.forEach((who, all) -> {
            var t = all.get(s);
            if (t != null) {
                parts.add("%s %.3f ms (%.1f TFLOP/s%s)".formatted(who, t, s.flops() / t / 1e9,
                        who.equals("ours") ? "" : ", ratio %.2f".formatted(ours / t)));
            }
        });
        return String.join("; ", parts);
    }
}
