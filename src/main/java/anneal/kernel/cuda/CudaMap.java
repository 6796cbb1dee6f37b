package anneal.kernel.cuda;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.MapOp;
import anneal.kernel.cuda.driver.Grid;
import java.util.Arrays;
import java.util.Locale;

/** {@link anneal.kernel.Kernels#map} and fill: kernels/map.cu and kernels/fill.cu. */
final class CudaMap {
    private static final int BLOCK = 256;
    /** Elements that a thread is worth starting for. */
    private static final int ELEMENTS_A_THREAD = 4;
    /** MAP_AXES of kernels/map.cu. */
    private static final int AXES = 6;
    private static final int OPERANDS = 4;

    private final CudaContext cuda;

    CudaMap(CudaContext cuda) {
        this.cuda = cuda;
    }

    void map(MapOp f, Buf out, Buf... in) {
        long elements = out.shape().size();
        if (elements == 0) {
            return;
        }
        var operands = new Buf[in.length + 1];
        operands[0] = out;
        System.arraycopy(in, 0, operands, 1, in.length);
        var loops = Broadcast.of(out.shape(), operands);
        int axes = loops.extents().length;
        if (axes > AXES) {
            throw new IllegalArgumentException("a map over " + out.shape() + ": these operands need " + axes
                    + " loops, the kernel has " + AXES);
        }
        var strides = new long[OPERANDS * AXES];
        int wide = 0;
        boolean narrow = false;
        for (int i = 0; i < operands.length; i++) {
            System.arraycopy(loops.strides()[i], 0, strides, i * AXES, axes);
            wide |= (operands[i].type() == DType.F32 ? 1 : 0) << i;
            narrow |= operands[i].type() == DType.BF16;
        }
        var struct = Struct.of(out, in[0], in.length > 1 ? in[1] : null, in.length > 2 ? in[2] : null, elements,
                Arrays.copyOf(loops.extents(), AXES), strides, axes, wide, (float) f.p(), (float) f.q());
        cuda.launch("map_" + f.fn().name().toLowerCase(Locale.ROOT) + (narrow ? "_bf16" : "_f32"), grid(elements), BLOCK,
                0, struct);
    }

    void fill(Buf out, double value) {
        long rows = out.shape().rows();
        long columns = out.shape().last();
        if (rows * columns == 0) {
            return;
        }
        long pitch = out.isDense() ? columns : out.rowPitch();
        Object constant = switch (out.type()) {
            case F32, BF16 -> (Object) (float) value;
            case F64 -> value;
            case I32 -> (int) value;
        };
        cuda.launch("fill" + CudaContext.suffix(out), grid(rows * columns), BLOCK, 0, out, rows, columns, pitch,
                constant);
    }

    private static Grid grid(long elements) {
        return CudaContext.gridFor((elements + ELEMENTS_A_THREAD - 1) / ELEMENTS_A_THREAD, BLOCK);
    }
}
