package anneal.study;

import anneal.io.AtomicFiles;
import anneal.study.StudyCase.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The guidance study for people: a Markdown page with a table, and plots beside it.
 *
 * @param madeBy one line: version, device, date, command
 */
public record StudyReport(StudyResult result, String madeBy) {
    private static final String HEAD = """
            | guidance | scale | sampler | images | wanted class, % | Fréchet distance | distance within a class \
            | seconds |
            |---|---|---|---|---|---|---|---|
            """;

    /**
     * Writes the page and its plots, {@code NAME-wanted.png}, {@code NAME-frechet.png} and {@code NAME-variety.png}.
     *
     * @return all files
     * @throws IllegalStateException in one line, if the plots cannot be drawn; the page is there then
     */
    public List<Path> write(Path page) throws IOException {
        var plots = new StudyPlots(result.rows(), page);
        var text = text(plots.files());
        AtomicFiles.write(page, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        plots.write();
        return Stream.concat(Stream.of(page), plots.files().stream()).toList();
    }

    /** One line of the table. */
    static String line(StudyRow row) {
        var c = row.setting();
        boolean real = c.kind() == Kind.REAL;
        return "| %s | %s | %s | %d | %s ± %s | %s | %s | %s |\n".formatted(c.kind(),
                real ? "" : Numbers.plain(c.scale()), real ? "" : c.sampler() + " " + c.steps(), c.images(), Numbers.fixed(100 * row.wantedShare(), 1),
                Numbers.fixed(100 * row.shareError(), 1), Numbers.fixed(row.frechetDistance(), 3),
                Numbers.fixed(row.pairwiseDistance(), 4), real ? "" : Numbers.fixed(row.seconds(), 0));
    }

    String table() {
        var out = new StringBuilder(HEAD);
        result.rows().forEach(row -> out.append(line(row)));
        return out.toString();
    }

    private String text(List<Path> plots) {
        var s = result.settings();
        var out = new StringBuilder("# Guidance, in numbers\n\n");
        out.append("Written by `anneal study guidance`; the figures are in the JSON file beside this page, too.\n\n");
        out.append(madeBy).append("\n\n").append(table()).append('\n');
        out.append("""
                - **guidance, scale**: *classifier* is the gradient of `%s` times the scale, on the unconditional mode \
                of `%s` (its null class); *classifier-free* is (1 + w) conditional - w unconditional, with w as the \
                scale. All rows start from the same noise (seed %d) and take the classes in turns.
                - **wanted class**: share of the images that the judge `%s` assigns to the class that was asked for, \
                ± one standard error. It saw no generated image in its training.
                - **Fréchet distance**: between Gaussians fitted to the judge's features (what its last layer sees) of \
                the images and of %s real ones (%s). It falls with the number of images even between real ones: \
                compare rows of the same number only. It is not the FID, whose features are Inception's.
                - **distance within a class**: the mean over all pairs of images of a class, then over the classes; \
                the distance of two images is the root of the mean squared difference of their pixels, black 0 and white 1.
                - **real images**: from %s, none of them among those that the Fréchet distance is taken to.

                """.formatted(s.classifier().name(), s.model().name(), s.seed(), s.judge().name(),
                String.format(Locale.ROOT, "%,d", s.referenceCount()), s.reference(), s.real()));
        plots.forEach(p -> out.append("![](").append(p.getFileName()).append(")\n"));
        return out.append('\n').append("Weights (SHA-256): model `%s`, classifier `%s`, judge `%s`.\n".formatted(
                s.model().digest(), s.classifier().digest(), s.judge().digest())).toString();
    }
}
