package anneal.study.ladder;

import anneal.study.ladder.LadderPage.Step;
import anneal.study.ChartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.knowm.xchart.CategoryChartBuilder;

/** A ladder as bars: time by rung, measured or else predicted, on a logarithmic axis. */
final class LadderChart {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 400;

    private LadderChart() {
    }

    static void write(LadderPage page, List<Step> steps, Path png) throws IOException {
        var done = steps.stream().filter(s -> s.refused() == null && (s.counts() != null || s.seconds() > 0)).toList();
        if (done.isEmpty()) {
            return;
        }
        boolean timed = done.getFirst().seconds() > 0;
        var chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(page.name() + ": " + page.large()
                + (timed ? "" : ", predicted")).yAxisTitle("µs").build();
        var style = chart.getStyler();
        style.setYAxisLogarithmic(true);
        style.setLegendVisible(false);
        style.setXAxisLabelRotation(20);
        style.setChartTitleBoxVisible(false);
        var micros = done.stream().map(s -> 1e6 * (timed ? s.seconds() : page.prediction(s).seconds())).toList();
        style.setYAxisMin(Collections.min(micros) / 2);
        chart.addSeries("rungs", done.stream().map(s -> s.rung().name()).toList(), micros);
        ChartFile.write(png, chart);
    }
}
