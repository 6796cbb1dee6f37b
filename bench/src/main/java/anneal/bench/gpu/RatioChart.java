package anneal.bench.gpu;

import anneal.study.ChartFile;
import java.io.IOException;
import java.nio.file.Path;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;

/** A stage as bars: our speed over theirs by item that has a target, which is a mark in the bar. */
final class RatioChart {
    private static final int HEIGHT = 520;
    private static final int LEAST_WIDTH = 640;
    private static final int BAR_WIDTH = 26;

    private RatioChart() {
    }

    /** @return whether there was anything to draw */
    static boolean write(StageReport stage, Path png) throws IOException {
        var rows = stage.rows().stream().filter(r -> r.target() > 0 && !Double.isNaN(r.ratio())).toList();
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
        style.setOverlapped(true);
        chart.addSeries("ours", names, rows.stream().map(Row::ratio).toList());
        chart.addSeries("aimed at", names, rows.stream().map(Row::target).toList())
                .setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        ChartFile.write(png, chart);
        return true;
    }
}
