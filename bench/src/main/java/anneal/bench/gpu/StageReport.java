package anneal.bench.gpu;

import java.util.List;

/**
 * A stage's results, as in its JSON file.
 *
 * @param gpu        as nvidia-smi tells, or the device's own words
 * @param device     ours, in words
 * @param libraries  cuBLAS and cuDNN, or why there are none
 * @param torch      PyTorch in words, or why there is none
 * @param peaks      what floors are taken from
 * @param target     in words
 * @param notReached items for which there was no time
 */
record StageReport(String stage, String date, String command, String commit, String gpu, String device,
                   String libraries, String torch, Peaks peaks, String target, double seconds, List<Row> rows,
                   List<String> notReached) {

    /**
     * What the device does at most in this run.
     *
     * @param flops     a second
     * @param flopsFrom how that is known
     * @param bytes     a second, read and written
     * @param bytesFrom how that is known
     */
    record Peaks(double flops, String flopsFrom, double bytes, String bytesFrom) {
    }
}
