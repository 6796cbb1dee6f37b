package anneal.model;

import anneal.io.SafeTensors;
import anneal.io.SafeTensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

/** A folder of numbers that the original guided-diffusion computed with tiny random networks. */
record NetworkFixtures(Path folder, JsonNode manifest) {
    static NetworkFixtures in(Path folder) throws IOException {
        var manifest = Files.readString(folder.resolve("manifest.json"));
        return new NetworkFixtures(folder, new JsonMapper().readTree(manifest));
    }

    /** The cases that are part of the project. */
    static NetworkFixtures embedded() throws IOException {
        try {
            var url = NetworkFixtures.class.getResource("/fixtures/adm");
            return in(Path.of(url.toURI()));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** Cases of the kinds {@code unet} and {@code encoder}; never none. */
    List<NetworkCase> cases() {
        var found = StreamSupport.stream(manifest.get("cases").spliterator(), false)
                .filter(c -> List.of("unet", "encoder").contains(c.get("kind").asText()))
                .map(c -> new NetworkCase(this, c)).toList();
        if (found.isEmpty()) {
            throw new IllegalStateException(folder + " has no network cases");
        }
        return found;
    }

    SafeTensorsFile open(String file) throws IOException {
        return SafeTensors.read(folder.resolve(file));
    }
}
