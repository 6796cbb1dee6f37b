package anneal.bench.gpu;

import anneal.study.ChartFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;

/** A stage as bars: our speed over theirs by item, with the target beside it. */
final class RatioChart {
    private static final int HEIGHT = 520;
    private static final int LEAST_WIDTH = 640;
    private static final int BAR_WIDTH = 26;

    private RatioChart() {
    }

    /** @return whether there was anything to draw */
    static boolean write(StageReport stage, Path png) throws IOException {
        var rows = stage.rows().stream().filter(r -> !Double.isNaN(r.ratio())).toList();
        if (rows.isEmpty()) {
            return false;
        }
        var names = rows.stream().map(Row::name).toList();
        var chart = new CategoryChartBuilder().width(Math.max(LEAST_WIDTH, BAR_WIDTH * rows.size())).height(HEIGHT)
                .title(stage.stage() + ": our speed over theirs").build();
        var style = chart.getStyler();
        style.setXAxisLabelRotation(90);
        style.setChartTitleBoxVisible(false);
        style.setYAxisMin(0.0);
        chart.addSeries("ours", names, rows.stream().map(Row::ratio).toList());
        var targets = rows.stream().map(Row::target).toList();
        if (targets.stream().anyMatch(t -> t > 0)) {
            line(chart.addSeries("aimed at", names, List.copyOf(targets)));
        }
        ChartFile.write(png, chart);
        return true;
    }

    private static void line(CategorySeries series) {
        series.setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line);
    }
}
