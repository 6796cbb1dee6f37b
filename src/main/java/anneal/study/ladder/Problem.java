package anneal.study.ladder;

import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Philox;
import anneal.kernel.Shape;
import anneal.kernel.cuda.CudaBackend;
import anneal.kernel.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;

/**
 * What the rungs of a ladder compute: operands in bfloat16 on the device, and the same numbers in float64 for the answer.
 * Its memory is the backend's and is given back with it.
 */
public abstract class Problem {
    private static final int STREAM = 11;

    final CudaBackend device;
    final ReferenceBackend reference = new ReferenceBackend();
    private int drawn;
    private double[] known;

    Problem(CudaBackend device) {
        if (device.floatType() != DType.BF16) {
            throw new IllegalArgumentException("the ladders compute in bfloat16; open the device with that precision");
        }
        this.device = device;
    }

    /** The shape, for people. */
    public abstract String shape();

    /** Multiplications and additions of the direct way. */
    public abstract double flops();

    /** What has to be read and written at least, in bytes. */
    public abstract double bytes();

    /** Versions, the naive one first and the one that ships last. */
    public abstract List<Rung> rungs();

    /** Where rungs leave their result. */
    abstract Buf result();

    /** The answer. */
    abstract double[] answer();

    /** ||result - answer|| / ||answer|| of what the last rung left. */
    public double error() {
        var got = device.downloadDoubles(result());
        known = known == null ? answer() : known;
        var wanted = known;
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += (got[i] - wanted[i]) * (got[i] - wanted[i]);
            norm += wanted[i] * wanted[i];
        }
        return Math.sqrt(difference / norm);
    }

    /** Overwrites the result, so that nobody takes the last rung's for his own. */
    public void clear() {
        var nothing = new double[Math.toIntExact(result().shape().size())];
        Arrays.fill(nothing, Double.NaN);
        device.upload(nothing, result());
    }

    /** Waits until the device has done what was enqueued. */
    public void synchronize() {
        device.synchronize();
    }

    /** Normal numbers times {@code scale} plus {@code offset}, rounded to the type, on the device and in float64. */
    final Operand random(DType type, double scale, double offset, int... dims) {
        var shape = Shape.of(dims);
        var random = Philox.stream(1, STREAM, drawn++, 0);
        var values = new double[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = offset + scale * random.nextNormal();
        }
        var there = empty(type, shape);
        device.upload(values, there);
        var here = Buf.dense(reference.allocate(shape.size() * DType.F64.bytes()), DType.F64, shape);
        reference.upload(device.downloadDoubles(there), here);
        return new Operand(there, here);
    }

    final Buf empty(DType type, Shape shape) {
        return Buf.dense(device.allocate(shape.size() * type.bytes()), type, shape);
    }

    final Buf answerBuffer(Shape shape) {
        return Buf.dense(reference.allocate(shape.size() * DType.F64.bytes()), DType.F64, shape);
    }

    /** The same numbers twice. */
    record Operand(Buf device, Buf reference) {
    }
}
