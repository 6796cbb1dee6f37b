package anneal.cli.inspect;

import anneal.cli.Figures;
import anneal.io.ImageFiles;
import anneal.io.Png;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A PNG picture and the text that travels in it: for a sheet of samples, what made it. */
public record PictureInspection(String file, String kind, long bytes, int width, int height, int channels,
                                Map<String, String> text) implements Inspection {

    static PictureInspection of(Path path) throws IOException {
        var image = ImageFiles.read(path);
        return new PictureInspection(path.toString(), "png", Files.size(path), image.width(), image.height(),
                image.channels(), Png.readText(path));
    }

    @Override
    public void print(PrintWriter out) {
        out.printf("%s: PNG, %s, %d x %d pixels, %s%n", file, Figures.bytes(bytes), width, height,
                channels == 1 ? "grey" : "RGB");
        text.forEach((keyword, value) -> {
            boolean block = value.contains("\n");
            out.println();
            out.println(keyword + ":" + (block ? "" : " " + value));
            if (block) {
                value.lines().forEach(line -> out.println("  " + line));
            }
        });
    }
}
