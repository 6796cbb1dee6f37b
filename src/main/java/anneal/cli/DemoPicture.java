package anneal.cli;

import anneal.io.Json;
import anneal.io.Png;
import anneal.sample.DiffusionModel;
import anneal.sample.ImageClassifier;
import anneal.sample.ModelSource;
import anneal.tensor.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * One of the demo's sheets on disk: sampled, drawn, written with a record beside it.
 *
 * @param words the command line, for the record
 */
record DemoPicture(DemoSheet sheet, Device device, List<String> words, Interruption stop, PrintWriter err) {

    /** What was sampled. */
    record SheetRecord(RunRecord run, String model, String classifier, List<DemoSheet.Kind> rows) {
    }

    /** Samples the model, guided by the classifier too, into {@code picture} and {@code picture}.json. */
    void write(ModelSource model, ModelSource classifier, Path picture) throws IOException {
        try (var opened = DiffusionModel.open(model, device); var guide = ImageClassifier.open(classifier, device);
                var progress = Progress.start("samples", 0, sheet.total(opened.model()), err)) {
            var drawn = sheet.draw(device, opened.model(), guide, progress, stop);
            var kinds = sheet.kinds(opened.model());
            var record = new SheetRecord(RunRecord.of(device, sheet.seed(), words), model.toString(),
                    classifier.toString(), kinds);
            var text = new LinkedHashMap<String, String>();
            text.put("Software", "Anneal " + record.run.version() + " (commit " + record.run.commit() + ")");
            text.put("anneal.rows", Json.write(kinds));
            Png.write(picture, drawn, text);
            RunRecord.write(picture.resolveSibling(picture.getFileName() + ".json"), record);
        }
    }
}
