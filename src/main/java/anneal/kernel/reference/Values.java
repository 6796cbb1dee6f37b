package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.Epilogue;
import anneal.kernel.HostTransfer;
import java.util.Arrays;

/** The accessor that all loops share: a buffer's elements in row order, whatever its pitch, offset and type. */
final class Values {
    private Values() {
    }

    static double[] read(Buf b) {
        return HostTransfer.downloadDoubles(b);
    }

    /** The elements, or {@code size} times {@code otherwise} where there is no buffer. */
    static double[] readOr(Buf b, int size, double otherwise) {
        if (b != null) {
            return read(b);
        }
        var values = new double[size];
        Arrays.fill(values, otherwise);
        return values;
    }

    static void write(double[] values, Buf out) {
        HostTransfer.upload(values, out);
    }

    /** Nothing where the result is not wanted. */
    static void writeIfWanted(double[] values, Buf out) {
        if (out != null) {
            write(values, out);
        }
    }

    /** {@code out = alpha * values + beta * out}, by way of {@code values}; with beta 0 the old out is not read. */
    static void write(double alpha, double[] values, double beta, Buf out) {
        var old = beta == 0 ? null : read(out);
        for (int i = 0; i < values.length; i++) {
            values[i] = alpha * values[i] + (old == null ? 0 : beta * old[i]);
        }
        write(values, out);
    }

    /** As {@link #write(double, double[], double, Buf)} for the only epilogue that this device does itself. */
    static void write(double[] values, Epilogue e, Buf out) {
        if (!e.isBare()) {
            throw new IllegalArgumentException("the reference device fuses no epilogue: call through Lowering");
        }
        write(e.alpha(), values, e.beta(), out);
    }
}
