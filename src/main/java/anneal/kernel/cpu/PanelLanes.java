package anneal.kernel.cpu;

import anneal.kernel.Activation;

/** What surrounds a matrix product: bringing its operands into place and its results out. Strides are in bytes. */
public interface PanelLanes {
    /** {@code to[j, i] = from[i, j]} for i below {@code rows}, j below {@code cols}; rows are dense. */
    void transpose(int rows, int cols, long from, long fromRow, long to, long toRow);

    /** {@code to[i, j] = from[i, j]} for i below {@code rows}, j below {@code cols}; rows are dense. */
    void copy(int rows, int cols, long from, long fromRow, long to, long toRow);

    /**
     * {@code y = act(alpha * (r + bias + rowAdd) + residual) + beta * y}, row by row.
     *
     * @param r        address of the results, and the stride of their rows
     * @param bias     address of {@code cols} floats, or 0
     * @param rowAdd   address of {@code cols} floats, or 0
     * @param residual address of {@code cols} floats for each row, or 0
     * @param beta     0 leaves y's old contents unread
     */
    void finish(int rows, int cols, long r, long rRow, long y, long yRow, long bias, long rowAdd,
                long residual, long residualRow, float alpha, float beta, Activation act);

    /** {@code y = factor[row] * y} for every row; {@code factor} is the address of a float a row. */
    void scaleRows(int rows, int cols, long y, long yRow, long factor);
}
