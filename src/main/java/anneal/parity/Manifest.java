package anneal.parity;

import anneal.io.DataException;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A folder of reference fixtures as its manifest.json describes it. Only the fields that are needed to run a case are
 * read; the rest is for people.
 *
 * @param folder where the manifest lies; every file in it is relative to this
 * @param models networks by name
 * @param cases  computations, in the order of the file
 */
public record Manifest(Path folder, Map<String, Model> models, List<Case> cases) {
    private static final String FILE = "manifest.json";

    /**
     * A network of the fixtures.
     *
     * @param className   the original's class
     * @param args        its constructor's arguments, defaults included
     * @param weightsFile safetensors with the original's state-dict names
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Model(@JsonProperty("class") String className, JsonNode args,
                        @JsonProperty("weights_file") String weightsFile) {
    }

    /**
     * One computation.
     *
     * @param kind   names the {@link CaseRunner}
     * @param config what the kind needs to know
     * @param file   safetensors with inputs and expected values; null when the config must be refused
     * @param extraFiles what else belongs to it, such as a checkpoint
     * @param bars   the case's own bars; null where every float64 tensor is held to the same
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Case(String name, String kind, JsonNode config, String file, List<Entry> tensors,
                       @JsonProperty("extra_files") List<String> extraFiles, @JsonProperty("tolerance") Bars bars) {
        public Case {
            extraFiles = extraFiles == null ? List.of() : List.copyOf(extraFiles);
            tensors = tensors == null ? List.of() : List.copyOf(tensors);
        }

        /** Whether the original refuses this config, so that this engine must refuse it too. */
        public boolean expectsError() {
            return config.hasNonNull("expect_error");
        }

        /** Whether the case is in the later sets' vocabulary, where kinds of the same name mean something else. */
        boolean hasSlots() {
            return tensors.stream().anyMatch(t -> t.slot() != null);
        }

        /** The bar of float64, or null where the manifest gives none. */
        Bar exact() {
            return bars == null ? null : bars.float64();
        }

        /** What has to be reproduced. */
        public List<Entry> expected() {
            return tensors.stream().filter(Entry::isCompared).toList();
        }
    }

    /**
     * Bars of all tensors of a case.
     *
     * @param float64 that of an implementation in float64; null where the manifest gives none
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Bars(@JsonProperty("f64") Bar float64) {
    }

    /** |x - ref| may be atol + rtol |ref|. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Bar(double atol, double rtol) {
    }

    /**
     * One tensor of a case.
     *
     * @param atolPerRow     sharper bars, one for each index of the first dimension; or null
     * @param zeroBySymmetry the exact value is 0, so that only an absolute bar means anything
     * @param stride         of a {@code gsub.*}: every how many-eth element of the flattened gradient it holds; or null
     * @param slot           its name in the vocabulary that the later fixture sets share; null in those of adm
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Entry(String name, String role, String dtype, long[] shape, double atol, double rtol,
                        @JsonProperty("atol_per_row") double[] atolPerRow,
                        @JsonProperty("zero_by_symmetry") boolean zeroBySymmetry, Integer stride, String slot) {
        private static final List<String> GIVEN = List.of("input", "noise", "weight", "info");

        boolean isInput() {
            return "input".equals(role);
        }

        boolean isCompared() {
            return !GIVEN.contains(role);
        }

        /** Bar of the element {@code index} of {@code elements}, whose reference is {@code value}. */
        double tolerance(int index, int elements, double value) {
            double absolute = atolPerRow == null ? atol : atolPerRow[index / (elements / atolPerRow.length)];
            return absolute + (zeroBySymmetry ? 0 : rtol * Math.abs(value));
        }
    }

    /** @throws DataException in one line, if there is no manifest, it is not JSON, or it has no cases */
    public static Manifest read(Path folder) throws IOException {
        var file = folder.resolve(FILE);
        try {
            // Schedules may hold infinities, which Python writes into JSON as such.
            var mapper = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
            var root = mapper.readTree(Files.readString(file));
            if (!root.path("cases").isArray()) {
                throw DataException.in(file, "has no list 'cases'; a folder of reference fixtures is needed");
            }
            var models = root.has("models")
                    ? mapper.convertValue(root.get("models"), mapper.getTypeFactory()
                            .constructMapType(Map.class, String.class, Model.class))
                    : Map.<String, Model>of();
            @SuppressWarnings("unchecked")
            var typed = (Map<String, Model>) models;
            return new Manifest(folder, typed, Arrays.asList(mapper.convertValue(root.get("cases"), Case[].class)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            var first = Objects.requireNonNullElse(e.getMessage(), "unreadable").lines().findFirst().orElse("");
            throw DataException.in(file, "is not a fixture manifest: " + first);
        } catch (IOException e) {
            throw DataException.from(file, e);
        }
    }

    /** @throws IllegalArgumentException if the manifest has no model of that name */
    public Model model(String name) {
        var model = models.get(name);
        if (model == null) {
            throw new IllegalArgumentException("the manifest has no model '" + name + "'");
        }
        return model;
    }
}
