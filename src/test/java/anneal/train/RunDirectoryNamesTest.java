package anneal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryNamesTest {

    /** In Egypt's Arabic, %d prints other digits than 0 to 9; files that are written there are read everywhere. */
    @Test
    void fileNamesDoNotDependOnTheLanguage(@TempDir Path folder) throws IOException {
        var usual = Locale.getDefault(Locale.Category.FORMAT);
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try (var run = RunDirectory.open(folder)) {
            assertEquals("checkpoint-00000012.safetensors", run.checkpoint(12).getFileName().toString());
            assertEquals("00000012.png", run.preview(12).getFileName().toString());
        } finally {
            Locale.setDefault(Locale.Category.FORMAT, usual);
        }
    }
}
