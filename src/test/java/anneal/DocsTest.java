package anneal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Links in README.md and docs/ lead somewhere, and the methods that they name exist. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern METHOD = Pattern.compile("`(\\w+)#(\\w+)`");

    private static List<Path> pages;
    /** Source text of every class of that simple name. */
    private static Map<String, String> sources;

    @BeforeAll
    static void read() throws IOException {
        try (var docs = Files.walk(Path.of("docs")); var java = Files.walk(Path.of("src"))) {
            var inDocs = docs.filter(p -> p.toString().endsWith(".md"));
            pages = Stream.concat(Stream.of(Path.of("README.md")), inDocs).toList();
            sources = java.filter(p -> p.toString().endsWith(".java")).collect(Collectors.toMap(
                    p -> p.getFileName().toString().replace(".java", ""), DocsTest::text, String::concat));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyLinkLeadsSomewhere() {
        var broken = new ArrayList<String>();
        int links = 0;
        for (var page : pages) {
            for (var link : LINK.matcher(text(page)).results().map(m -> m.group(1)).toList()) {
                links++;
                if (!link.contains("://") && !Files.exists(page.resolveSibling(link))) {
                    broken.add(page + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
        assertTrue(links > 50, "only " + links + " links were found");
    }

    @Test
    void everyMethodThatIsNamedExists() {
        var missing = new ArrayList<String>();
        int names = 0;
        for (var page : pages) {
            for (var name : METHOD.matcher(text(page)).results().toList()) {
                names++;
                if (!declares(sources.getOrDefault(name.group(1), ""), name.group(2))) {
                    missing.add(page + ": " + name.group());
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(names > 80, "only " + names + " methods were found");
    }

    /** A declaration has a type before its name; a call has not. */
    private static boolean declares(String source, String method) {
        var declaration = Pattern.compile("(?m)^ +(?!return\\b|new\\b)(?:[\\w.<>,?\\[\\]]+ )+" + method + "\\(");
        return declaration.matcher(source).find();
    }
}
