package anneal.study;

import anneal.io.ByteImage;
import anneal.io.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/** A chart as a picture. */
public final class ChartFile {
    private ChartFile() {
    }

    /** Writes a chart at its own size, whole or not at all. */
    public static void write(Path file, Chart<?, ?> chart) throws IOException {
        int width = chart.getWidth();
        int height = chart.getHeight();
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        chart.paint(graphics, width, height);
        graphics.dispose();
        byte[] pixels = new byte[3 * width * height];
        for (int p = 0; p < width * height; p++) {
            int rgb = image.getRGB(p % width, p / width);
            pixels[3 * p] = (byte) (rgb >> 16);
            pixels[3 * p + 1] = (byte) (rgb >> 8);
            pixels[3 * p + 2] = (byte) rgb;
        }
        Png.write(file, new ByteImage(height, width, 3, pixels), Map.of("Title", file.getFileName().toString()));
    }
}
