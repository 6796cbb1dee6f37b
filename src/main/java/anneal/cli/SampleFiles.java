package anneal.cli;

import anneal.io.FileType;
import anneal.io.Npz;
import anneal.io.Pictures;
import anneal.io.Png;
import anneal.io.TensorData;
import anneal.sample.SampleListener;
import anneal.sample.SampleRequest;
import anneal.sample.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes samples while they are made: as one picture, or as arrays for the evaluators. */
enum SampleFiles {
    /** A sheet, with a labelled column for each class if classes were asked for. */
    PNG {
        @Override
        void write(Path file, Shape shape, SampleRequest request, List<String> names, Map<String, String> text,
                   Source source) throws IOException {
            var all = new ByteArrayOutputStream();
            source.run((first, images, labels) -> all.writeBytes(images));
            var sheet = Samples.grid(request, shape.size, names)
                    .draw(all.toByteArray(), request.count(), shape.size, shape.size, shape.channels);
            Png.write(file, sheet, text);
        }
    },

    /** arr_0: uint8 [N, H, W, C], arr_1: int64 [N] if there are classes; streamed, so that any number fits. */
    NPZ {
        @Override
        void write(Path file, Shape shape, SampleRequest request, List<String> names, Map<String, String> text,
                   Source source) throws IOException {
            var labels = new long[request.count()];
            Npz.write(file, npz -> {
                var extents = new long[] {request.count(), shape.size, shape.size, shape.channels};
                npz.array("arr_0", FileType.U8, extents, out -> source.run((first, images, batchLabels) -> {
                    for (int i = 0; i < batchLabels.length; i++) {
                        labels[first + i] = batchLabels[i];
                    }
                    out.write(images);
                }));
                if (labels[0] >= 0) {
                    npz.array("arr_1", TensorData.of(labels, labels.length));
                }
            });
        }
    };

    /** Of one image. */
    record Shape(int size, int channels) {
    }

    /** Makes the samples. */
    interface Source {
        void run(SampleListener listener) throws IOException;
    }

    /** The kind that a file's name ends with. */
    static SampleFiles of(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".png")) {
            if (!Pictures.arePossible()) {
                throw new IllegalArgumentException("--out " + file
                        + ": this Java has no module java.desktop, without which "
                        + "there are no pictures: write an .npz file");
            }
            return PNG;
        }
        if (name.endsWith(".npz")) {
            return NPZ;
        }
        throw new IllegalArgumentException("--out " + file
                + ": the name must end with .png (one picture) or .npz (arrays)");
    }

    /** Runs {@code source} and writes what it makes, whole or not at all. */
    abstract void write(Path file, Shape shape, SampleRequest request, List<String> names, Map<String, String> text,
                        Source source) throws IOException;
}
