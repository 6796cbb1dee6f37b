package anneal.gpucheck;

import anneal.parity.CaseResult;
import anneal.parity.Manifest;
import anneal.parity.ParityRun;
import anneal.tensor.DeviceOptions;
import anneal.tensor.Devices;
import java.io.IOException;

/** The bundle's part of fixtures/adm. */
final class Parity {
    private Parity() {
    }

    static void run(Context c) throws IOException {
        var manifest = Manifest.read(c.fixtures());
        try (var device = Devices.open(c.device(), DeviceOptions.DEFAULT)) {
            var run = new ParityRun(device, manifest, false, null);
            run.run(manifest.cases(), result -> c.findings().add(finding(result)));
        }
    }

    private static Finding finding(CaseResult r) {
        boolean passed = r.status() == CaseResult.Status.OK;
        var measured = r.comparisons().isEmpty() ? "" : "worst error over tolerance %.2g".formatted(r.worst())
                + " (" + r.worstTensor() + ")";
        var why = r.reason().isEmpty() ? measured : r.reason() + (measured.isEmpty() ? "" : ", " + measured);
        return new Finding(r.kind() + " / " + r.name(), passed ? Finding.Status.OK : Finding.Status.FAIL, why,
                r.seconds());
    }
}
