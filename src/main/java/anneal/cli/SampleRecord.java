package anneal.cli;

import anneal.diffusion.DiffusionConfig;
import anneal.io.Json;
import anneal.model.ModelConfig;
import anneal.sample.SampleRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What made a file of samples; lies beside it as JSON, and in the text chunks of a picture.
 *
 * @param run        the process
 * @param model      file of weights
 * @param classifier file of weights, or null
 * @param request    what was asked for
 * @param network    the model's config
 * @param diffusion  the model's process
 */
record SampleRecord(RunRecord run, String model, String classifier, SampleRequest request, ModelConfig network,
                    DiffusionConfig diffusion) {

    private static final String NEEDS_QUOTES = ".*[^A-Za-z0-9_./:=,+@%-].*";

    /** Keywords and text for a PNG file. Nothing in it depends on when it was made. */
    Map<String, String> text() {
        var text = new LinkedHashMap<String, String>();
        text.put("Software", "Anneal " + run.version() + " (commit " + run.commit() + ")");
        text.put("anneal.command", command());
        text.put("anneal.device", run.device());
        text.put("anneal.model", model);
        if (classifier != null) {
            text.put("anneal.classifier", classifier);
        }
        text.put("anneal.request", Json.write(request));
        return text;
    }

    /** As a shell takes it. */
    private String command() {
        return "anneal " + run.command().stream()
                .map(word -> word.isEmpty() || word.matches(NEEDS_QUOTES) ? quoted(word) : word)
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
