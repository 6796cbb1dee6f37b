package anneal.gpucheck;

import anneal.kernel.cuda.TestedDevice;
import java.nio.file.Path;

/** One stage in a process of its own, so that whatever it does to the driver ends with it. */
final class StageMain {
    private StageMain() {
    }

    /** @param args stage, the bundle's folder, the report's folder; the device is {@link TestedDevice#DEVICE} */
    public static void main(String[] args) {
        var stage = Stage.of(args[0]);
        var out = Path.of(args[2]);
        var findings = new Findings(StageRun.file(out, stage));
        if (stage.needsDevice()) {
            var missing = TestedDevice.unavailable();
            if (missing.isPresent()) {
                findings.add(Finding.failed("device", TestedDevice.name() + " " + missing.get()));
                return;
            }
        }
        try {
            stage.run(new Context(stage, Path.of(args[1]), out, TestedDevice.name(), findings));
        } catch (Exception | LinkageError e) {
            e.printStackTrace();
            findings.add(Finding.failed(stage.word(), e.toString()));
        }
        System.exit(0);   // whatever threads a library has left behind
    }
}
