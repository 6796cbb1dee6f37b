package anneal.parity;

import anneal.io.DataException;
import anneal.io.TensorData;
import anneal.io.TorchCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;

/** What is in a checkpoint of the original's trainer: {@code model/KEY} and {@code ema/KEY}. */
final class CheckpointKind {
    private static final String SUFFIX = ".pt";

    private CheckpointKind() {
    }

    /** The case's checkpoint, if it has one. */
    static Optional<Path> file(CaseContext c) {
        return c.entry().extraFiles().stream().filter(name -> name.endsWith(SUFFIX)).findFirst()
                .map(name -> c.manifest().folder().resolve(name));
    }

    static SequencedMap<String, TensorData> run(CaseContext c) throws IOException {
        var file = file(c).orElseThrow(() -> new DataException("case " + c.entry().name() + " names no " + SUFFIX));
        var out = c.outputs();
        try (var checkpoint = TorchCheckpoint.read(file)) {
            checkpoint.tensors("").forEach(out::put);
            if (checkpoint.entries().get("step") instanceof Long step) {
                out.put("step", TensorData.of(new long[] {step}, 1));
                expect(c, file, "step", step.toString());
            }
            var keys = new ArrayList<String>();
            c.config().path("keys").forEach(key -> keys.add(key.asText()));
            expect(file, new TreeSet<>(keys), new TreeSet<>(checkpoint.tensors("model").sequencedKeySet()));
            expect(file, new TreeSet<>(keys), new TreeSet<>(checkpoint.tensors("ema").sequencedKeySet()));
        }
        return out.tensors();
    }

    private static void expect(CaseContext c, Path file, String field, String found) throws DataException {
        if (c.config().has(field)) {
            expect(file, c.config().path(field).asText(), found);
        }
    }

    private static void expect(Path file, Object expected, Object found) throws DataException {
        if (!expected.equals(found)) {
            throw DataException.in(file, "has %s instead of %s", found, expected);
        }
    }
}
