package anneal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The networks of the fifteen checkpoints that guided-diffusion publishes: names, order, shapes and sizes. */
class PublishedModelsTest {
    private static JsonNode published() throws IOException {
        try (var in = new GZIPInputStream(
                PublishedModelsTest.class.getResourceAsStream("/published/published.json.gz"))) {
            return new JsonMapper().readTree(in);
        }
    }

    static List<String> names() throws IOException {
        var names = new ArrayList<String>();
        published().fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static ModelConfig config(JsonNode model) {
        var flags = model.get("flags");
        return switch (model.get("kind").asText()) {
            case "diffusion" -> UNetConfig.fromFlags(flags);
            case "upsampler" -> SuperResConfig.fromFlags(flags);
            case "classifier" -> ClassifierConfig.fromFlags(flags);
            default -> throw new IllegalStateException(model.get("kind").asText());
        };
    }

    @Test
    void thereAreFifteen() throws IOException {
        assertEquals(15, names().size());
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasTheOriginalsParameters(String name) throws IOException {
        var model = published().get(name);
        var module = config(model).build();
        var expected = new ArrayList<String>();
        model.get("parameters").fields().forEachRemaining(e -> expected.add(e.getKey() + " " + shape(e.getValue())));
        var actual = new ArrayList<String>();
        module.parameters().forEach((key, p) -> actual.add(key + " " + Arrays.toString(p.checkpointShape())));
        assertEquals(String.join("\n", expected), String.join("\n", actual));
        assertEquals(model.get("parameter_count").asLong(), module.parameterCount());
    }

    @ParameterizedTest
    @MethodSource("names")
    void configSurvivesJson(String name) throws IOException {
        var config = config(published().get(name));
        assertEquals(config, ModelConfig.fromJson(config.type(), config.toJson()));
    }

    private static String shape(JsonNode shape) {
        var extents = new ArrayList<Integer>();
        shape.forEach(extent -> extents.add(extent.asInt()));
        return extents.toString();
    }
}
