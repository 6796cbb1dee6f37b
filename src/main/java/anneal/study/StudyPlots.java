package anneal.study;

import anneal.study.StudyCase.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The guidance study as pictures: what the rows with DDIM show, with real images for comparison.
 *
 * @param page beside which the pictures lie, under its name
 */
record StudyPlots(List<StudyRow> rows, Path page) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 440;

    /** Where the plots are written: the wanted class, the Fréchet distance, and the variety that they cost. */
    List<Path> files() {
        return List.of(beside("wanted"), beside("frechet"), beside("variety"));
    }

    private Path beside(String what) {
        var name = page.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        return page.resolveSibling(name + "-" + what + ".png");
    }

    /** @throws IllegalStateException in one line, if this Java cannot draw text */
    void write() throws IOException {
        try {
            ToDoubleFunction<StudyRow> scale = r -> r.setting().scale();
            ToDoubleFunction<StudyRow> wanted = r -> 100 * r.wantedShare();
            ChartFile.write(beside("wanted"), overScale("wanted class, %", wanted, scale));
            ChartFile.write(beside("frechet"), overScale("Fréchet distance", StudyRow::frechetDistance, scale));
            var variety = chart("distance within a class", "wanted class, %");
            for (var kind : List.of(Kind.CLASSIFIER, Kind.CLASSIFIER_FREE, Kind.REAL)) {
                addKind(variety, kind, StudyRow::pairwiseDistance, wanted);
            }
            ChartFile.write(beside("variety"), variety);
        } catch (RuntimeException | LinkageError | InternalError e) {
            // java.desktop fails in many ways where the system has no font.
            throw new IllegalStateException(page + " is written, but the plots cannot be drawn; they need fontconfig and "
                    + "a font, such as Debian's packages fontconfig and fonts-dejavu-core (" + e + ")", e);
        }
    }

    private XYChart overScale(String yTitle, ToDoubleFunction<StudyRow> y, ToDoubleFunction<StudyRow> scale) {
        var chart = chart("scale of guidance", yTitle);
        addKind(chart, Kind.CLASSIFIER, scale, y);
        addKind(chart, Kind.CLASSIFIER_FREE, scale, y);
        var real = shown(Kind.REAL);
        double end = rows.stream().mapToDouble(scale).max().orElse(1);
        if (!real.isEmpty()) {
            double level = y.applyAsDouble(real.getFirst());
            chart.addSeries(Kind.REAL.toString(), new double[] {0, end}, new double[] {level, level})
                    .setMarker(SeriesMarkers.NONE);
        }
        return chart;
    }

    private static XYChart chart(String xTitle, String yTitle) {
        var chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(xTitle).yAxisTitle(yTitle)
                .theme(Styler.ChartTheme.Matlab).build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        return chart;
    }

    private void addKind(XYChart chart, Kind kind, ToDoubleFunction<StudyRow> x, ToDoubleFunction<StudyRow> y) {
        var own = shown(kind);
        if (!own.isEmpty()) {
            double[] xs = own.stream().mapToDouble(x).toArray();
            double[] ys = own.stream().mapToDouble(y).toArray();
            chart.addSeries(kind.toString(), xs, ys).setMarker(SeriesMarkers.CIRCLE);
        }
    }

    /** One kind's rows that may be compared: of real images those as many as the samples, else those with DDIM. */
    private List<StudyRow> shown(Kind kind) {
        var own = rows.stream().filter(r -> r.setting().kind() == kind);
        return kind == Kind.REAL ? own.limit(1).toList()
                : own.filter(r -> r.setting().sampler().equals("ddim")).toList();
    }
}
