package anneal.io;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Element;

/** PNG files whose text chunks carry what made the picture: tEXt for ASCII, iTXt (UTF-8) for the rest. */
public final class Png {

    private static final String FORMAT = "javax_imageio_png_1.0";
    private static final Pattern KEYWORD = Pattern.compile("[!-~]( ?[!-~])*");
    private static final int LONGEST_KEYWORD = 79;

    private Png() {
    }

    /** As {@link #write(Path, ByteImage, Map)}, without text. */
    public static void write(Path file, ByteImage image) throws IOException {
        write(file, image, Map.of());
    }

    /**
     * Writes a grey or RGB picture atomically.
     *
     * @param text keyword (1 to 79 printable ASCII characters) to text
     * @throws IllegalArgumentException if a keyword is not one
     * @throws IOException              if the file cannot be written
     */
    public static void write(Path file, ByteImage image, Map<String, String> text) throws IOException {
        var writer = ImageIO.getImageWritersByFormatName("png").next();
        try {
            var picture = picture(image);
            var metadata = writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), null);
            metadata.mergeTree(FORMAT, chunks(text));
            AtomicFiles.write(file, out -> {
                try (var stream = new MemoryCacheImageOutputStream(out)) {
                    writer.setOutput(stream);
                    writer.write(new IIOImage(picture, null, metadata));
                }
            });
        } catch (IOException e) {
            throw DataException.from(file, e);
        } finally {
            writer.dispose();
        }
    }

    /** The text chunks of a PNG file, in their order. @throws DataException if it is not a PNG file */
    public static Map<String, String> readText(Path file) throws IOException {
        var reader = ImageIO.getImageReadersByFormatName("png").next();
        try (var input = ImageIO.createImageInputStream(file.toFile())) {
            if (input == null) {
                throw DataException.in(file, "no such file");
            }
            reader.setInput(input);
            return text(reader.getImageMetadata(0));
        } catch (IOException e) {
            throw DataException.from(file, e);
        } catch (RuntimeException e) {
            throw new DataException(file + ": is not a sound PNG file", e);
        } finally {
            reader.dispose();
        }
    }

    private static BufferedImage picture(ByteImage image) {
        boolean grey = image.channels() == 1;
        var picture = new BufferedImage(image.width(), image.height(),
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        var row = new int[image.width() * image.channels()];
        for (int y = 0; y < image.height(); y++) {
            for (int i = 0; i < row.length; i++) {
                row[i] = image.pixels()[y * row.length + i] & 0xff;
            }
            picture.getRaster().setPixels(0, y, image.width(), 1, row);
        }
        return picture;
    }

    private static IIOMetadataNode chunks(Map<String, String> text) {
        var root = new IIOMetadataNode(FORMAT);
        var plain = new IIOMetadataNode("tEXt");
        var unicode = new IIOMetadataNode("iTXt");
        text.forEach((keyword, value) -> {
            if (keyword.length() > LONGEST_KEYWORD || !KEYWORD.matcher(keyword).matches()) {
                throw new IllegalArgumentException("'" + keyword + "' is not a PNG keyword: 1 to 79 ASCII characters");
            }
            if (isAscii(value)) {
                plain.appendChild(entry("tEXtEntry", "keyword", keyword, "value", value));
            } else {
                unicode.appendChild(entry("iTXtEntry", "keyword", keyword, "compressionFlag", "FALSE",
                    "compressionMethod", "0", "languageTag", "", "translatedKeyword", "", "text", value));
            }
        });
        for (var chunk : new IIOMetadataNode[] {plain, unicode}) {
            if (chunk.hasChildNodes()) {
                root.appendChild(chunk);
            }
        }
        return root;
    }

    private static IIOMetadataNode entry(String name, String... attributes) {
        var node = new IIOMetadataNode(name);
        for (int i = 0; i < attributes.length; i += 2) {
            node.setAttribute(attributes[i], attributes[i + 1]);
        }
        return node;
    }

    private static boolean isAscii(String text) {
        return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
    }

    private static Map<String, String> text(IIOMetadata metadata) {
        var found = new LinkedHashMap<String, String>();
        var root = (Element) metadata.getAsTree(FORMAT);
        for (var names : new String[][] {{"tEXtEntry", "value"}, {"zTXtEntry", "text"}, {"iTXtEntry", "text"}}) {
            var entries = root.getElementsByTagName(names[0]);
            for (int i = 0; i < entries.getLength(); i++) {
                var entry = (Element) entries.item(i);
                found.put(entry.getAttribute("keyword"), entry.getAttribute(names[1]));
            }
        }
        return found;
    }
}
