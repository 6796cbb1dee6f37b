package anneal.kernel.cpu.scalar;

import static anneal.kernel.cpu.Native.get;
import static anneal.kernel.cpu.Native.set;

import anneal.kernel.Activation;
import anneal.kernel.cpu.Native;
import anneal.kernel.cpu.PanelLanes;
import anneal.kernel.cpu.PolyMath;

/** {@link PanelLanes} one float at a time. */
final class ScalarPanels implements PanelLanes {
    @Override
    public void transpose(int rows, int cols, long from, long fromRow, long to, long toRow) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                set(to + j * toRow + 4L * i, get(from + i * fromRow + 4L * j));
            }
        }
    }

    @Override
    public void copy(int rows, int cols, long from, long fromRow, long to, long toRow) {
        for (int i = 0; i < rows; i++) {
            Native.copy(from + i * fromRow, to + i * toRow, 4L * cols);
        }
    }

    @Override
    public void finish(int rows, int cols, long r, long rRow, long y, long yRow, long bias, long rowAdd,
                       long residual, long residualRow, float alpha, float beta, Activation act) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                float v = get(r + i * rRow + 4L * j);
                v = bias == 0 ? v : v + get(bias + 4L * j);
                v = rowAdd == 0 ? v : v + get(rowAdd + 4L * j);
                v = alpha * v;
                v = residual == 0 ? v : v + get(residual + i * residualRow + 4L * j);
                v = activate(v, act);
                long at = y + i * yRow + 4L * j;
                set(at, beta == 0 ? v : Math.fma(beta, get(at), v));
            }
        }
    }

    @Override
    public void scaleRows(int rows, int cols, long y, long yRow, long factor) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < cols; j++) {
                long at = y + i * yRow + 4L * j;
                set(at, get(at) * get(factor + 4L * i));
            }
        }
    }

    private static float activate(float v, Activation act) {
        return switch (act) {
            case NONE -> v;
            case SILU -> PolyMath.silu(v);
            case RELU -> v > 0 ? v : 0;
        };
    }
}
