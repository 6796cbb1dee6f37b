package anneal.io;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** Reads picture files into bytes: PNG, JPEG, BMP and GIF (its first frame). */
public final class ImageFiles {

    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp", "gif");
    /** A small file can claim any size; this many pixels need 400 MB once decoded. */
    private static final long MOST_PIXELS = 100_000_000;
    private static final int WHITE = 255;

    private ImageFiles() {
    }

    /** Whether the file's name ends like that of a picture that can be read here. */
    public static boolean isImage(Path file) {
        var name = file.getFileName().toString();
        return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }

    /**
     * Decodes a picture to grey if it is stored as grey, else to RGB. Samples are taken as stored: no colour profile
     * and no gamma is applied. Transparent pixels are laid over white; 16-bit samples keep their upper eight bits.
     *
     * @throws DataException in one line, if the file is missing, no picture, damaged, or beyond 100 million pixels
     */
    public static ByteImage read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw DataException.in(file, Files.exists(file) ? "is not a file" : "no such file");
        }
        try (var input = ImageIO.createImageInputStream(file.toFile())) {
            var readers = ImageIO.getImageReaders(input);
            if (!readers.hasNext()) {
                throw DataException.in(file, "is not a picture that can be decoded (PNG, JPEG, BMP or GIF)");
            }
            var reader = readers.next();
            try {
                reader.setInput(input, true, true);
                return toBytes(decode(file, reader));
            } finally {
                reader.dispose();
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decoders meet damage with whatever exception it happens to cause.
            throw new DataException(file + ": cannot be decoded: " + DataException.firstLine(e), e);
        }
    }

    private static BufferedImage decode(Path file, ImageReader reader) throws IOException {
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
            throw DataException.in(file, "has %d x %d pixels, more than the %d million that are read",
                reader.getWidth(0), reader.getHeight(0), MOST_PIXELS / 1_000_000);
        }
        var warnings = new StringBuilder();
        reader.addIIOReadWarningListener((_, warning) -> warnings.append(warning));
        var image = reader.read(0);
        // The JPEG decoder fills what is missing with grey and only warns.
        if (warnings.indexOf("Truncated") >= 0) {
            throw DataException.in(file, "is truncated");
        }
        return image;
    }

    private static ByteImage toBytes(BufferedImage image) {
        var colours = image.getColorModel();
        int bands = colours.getNumColorComponents();
        int bits = colours.getComponentSize(0);
        boolean whole = (bands == 1 || bands == 3) && (bits == 8 || bits == 16);
        return whole && !(colours instanceof IndexColorModel) ? fromSamples(image, colours, bands, bits - 8)
            : fromPalette(image);
    }

    /** From the raster, because {@code getRGB} would convert grey from linear light and apply profiles. */
    private static ByteImage fromSamples(BufferedImage image, ColorModel colours, int bands, int shift) {
        int width = image.getWidth();
        int all = image.getRaster().getNumBands();
        var result = new byte[image.getHeight() * width * bands];
        int[] row = null;
        for (int y = 0; y < image.getHeight(); y++) {
            row = image.getRaster().getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int alpha = colours.hasAlpha() ? row[x * all + bands] >> shift : WHITE;
                for (int band = 0; band < bands; band++) {
                    result[(y * width + x) * bands + band] = overWhite(row[x * all + band] >> shift, alpha);
                }
            }
        }
        return new ByteImage(image.getHeight(), width, bands, result);
    }

    /** Palettes, grey of 1 to 4 bits and packed 5-bit colours; grey if every pixel is. */
    private static ByteImage fromPalette(BufferedImage image) {
        int width = image.getWidth();
        var result = new byte[image.getHeight() * width * 3];
        boolean grey = true;
        var row = new int[width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * 3;
                for (int band = 0; band < 3; band++) {
                    result[at + band] = overWhite(row[x] >> 16 - 8 * band & 0xff, row[x] >>> 24);
                }
                grey &= result[at] == result[at + 1] && result[at] == result[at + 2];
            }
        }
        var colour = new ByteImage(image.getHeight(), width, 3, result);
        return grey ? colour.withChannels(1) : colour;
    }

    private static byte overWhite(int value, int alpha) {
        return (byte) ((value * alpha + WHITE * (255 - alpha) + 127) / 255);
    }
}
