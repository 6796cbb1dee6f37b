package anneal.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.reference.ReferenceBackend;
import anneal.tensor.Device;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs and every gradient against the authors' own code in float64. */
class NetworkParityTest {
    static List<NetworkCase> cases() throws IOException {
        return NetworkFixtures.embedded().cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reference(NetworkCase network) throws IOException {
        try (var device = new Device(new ReferenceBackend())) {
            var worst = network.worst(device, true);
            assertTrue(worst.error() <= 1, worst::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cpu(NetworkCase network) throws IOException {
        try (var device = new Device(new CpuBackend())) {
            var worst = network.worst(device, false);
            assertTrue(worst.error() <= 1, worst::toString);
        }
    }
}
