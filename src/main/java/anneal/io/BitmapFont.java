package anneal.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;

/**
 * Printable ASCII in cells of 5x7 pixels, drawn in the resource font5x7.txt. AWT's text would need fonts, which
 * headless machines often lack, and would look different on each.
 */
final class BitmapFont {

    static final int HEIGHT = 7;
    private static final int WIDTH = 5;
    private static final int ADVANCE = WIDTH + 1;
    private static final int FIRST = ' ';
    private static final int PER_BAND = 16;
    private static final List<String> ART = load();

    private BitmapFont() {
    }

    private static List<String> load() {
        try (var in = BitmapFont.class.getResourceAsStream("font5x7.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pixels that the text takes from left to right. */
    static int width(String text, int scale) {
        return Math.max(0, printable(text).length() * ADVANCE - 1) * scale;
    }

    /** Draws the text with its upper left corner at ({@code top}, {@code left}); what lies outside is cut off. */
    static void draw(ByteImage target, int top, int left, String text, int scale, byte level) {
        var line = printable(text);
        for (int i = 0; i < line.length(); i++) {
            int glyph = line.charAt(i) - FIRST;
            for (int y = 0; y < HEIGHT; y++) {
                var art = ART.get(glyph / PER_BAND * (HEIGHT + 1) + y);
                for (int x = 0; x < WIDTH; x++) {
                    if (art.charAt(glyph % PER_BAND * ADVANCE + x) == '#') {
                        fill(target, top + y * scale, left + (i * ADVANCE + x) * scale, scale, level);
                    }
                }
            }
        }
    }

    private static void fill(ByteImage target, int top, int left, int side, byte level) {
        for (int y = Math.max(0, top); y < Math.min(target.height(), top + side); y++) {
            for (int x = Math.max(0, left); x < Math.min(target.width(), left + side); x++) {
                for (int c = 0; c < target.channels(); c++) {
                    target.pixels()[(y * target.width() + x) * target.channels() + c] = level;
                }
            }
        }
    }

    /** Letters lose their accents; what is then still outside ASCII becomes a question mark. */
    private static String printable(String text) {
        var plain = Normalizer.normalize(text, Normalizer.Form.NFKD);
        return plain.replaceAll("\\p{M}", "").replaceAll("\\p{Pd}", "-").replaceAll("[^ -~]", "?");
    }
}
