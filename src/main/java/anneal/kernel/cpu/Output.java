package anneal.kernel.cpu;

import anneal.kernel.Activation;
import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.Plan;

/**
 * Where the results of a product go and what happens to them on the way: an epilogue with its buffers as addresses.
 * Rows are counted over all samples; all pitches are in bytes.
 *
 * @param rowsPerSample after so many rows comes the next row of rowAdd
 */
record Output(PanelLanes lanes, long y, long yRow, long bias, long rowAdd, long rowAddRow, long rowsPerSample,
              long residual, long residualRow, float alpha, float beta, Activation act) {

    static Output of(PanelLanes lanes, Buf y, Epilogue e, long rowsPerSample) {
        return new Output(lanes, y.address(), pitch(y), address(e.bias()), address(e.rowAdd()), pitch(e.rowAdd()),
                Math.max(1, rowsPerSample), address(e.residual()), pitch(e.residual()),
                (float) e.alpha(), (float) e.beta(), e.act());
    }

    /**
     * The first aligned address of a workspace.
     *
     * @throws IllegalArgumentException if it is smaller than the plan says
     */
    static long workspace(Buf workspace, Plan plan) {
        long has = workspace == null ? 0 : workspace.shape().size() * workspace.type().bytes();
        if (has < plan.workspaceBytes()) {
            throw new IllegalArgumentException("a workspace of " + has + " bytes; " + plan.workspaceBytes()
                    + " are needed");
        }
        return Native.align(workspace.address());
    }

    static long address(Buf b) {
        return b == null ? 0 : b.address();
    }

    static long pitch(Buf b) {
        return b == null ? 0 : b.rowPitch() * b.type().bytes();
    }

    /** The same for another matrix of a batch. */
    Output at(long newY, long newResidual) {
        return new Output(lanes, newY, yRow, bias, rowAdd, rowAddRow, rowsPerSample, newResidual, residualRow,
                alpha, beta, act);
    }

    /** The same with rows counted from {@code row}, which is a sample's first. */
    Output from(long row) {
        return new Output(lanes, y + row * yRow, yRow, bias,
                rowAdd == 0 ? 0 : rowAdd + row / rowsPerSample * rowAddRow, rowAddRow, rowsPerSample,
                residual == 0 ? 0 : residual + row * residualRow, residualRow, alpha, beta, act);
    }

    /** True when a product may be written in its place at once. */
    boolean isDirect() {
        return bias == 0 && rowAdd == 0 && residual == 0 && alpha == 1 && beta == 0 && act == Activation.NONE;
    }

    /** Address of the result's element (row, column). */
    long address(long row, long column) {
        return y + row * yRow + 4 * column;
    }

    /** Takes a block of results whose first element belongs at (row, column). */
    void take(int rows, int cols, long from, long fromRow, long row, long column) {
        for (int done = 0; done < rows;) {
            int count = rowAdd == 0 ? rows : (int) Math.min(rows - done, rowsPerSample - (row + done) % rowsPerSample);
            finish(count, cols, from + done * fromRow, fromRow, row + done, 4 * column);
            done += count;
        }
    }

    private void finish(int rows, int cols, long from, long fromRow, long row, long shift) {
        lanes.finish(rows, cols, from, fromRow, y + row * yRow + shift, yRow,
                bias == 0 ? 0 : bias + shift,
                rowAdd == 0 ? 0 : rowAdd + row / rowsPerSample * rowAddRow + shift,
                residual == 0 ? 0 : residual + row * residualRow + shift, residualRow, alpha, beta, act);
    }
}
