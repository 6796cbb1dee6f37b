package anneal.kernel.reference;

import anneal.kernel.Buf;
import anneal.kernel.ReduceOp;
import java.util.Arrays;

/** Folds of all elements that share an output element, in row order. */
final class ReferenceReduce {
    private ReferenceReduce() {
    }

    static void run(ReduceOp f, Buf in, Buf out) {
        var x = Values.read(in);
        var where = Odometer.broadcast(out.shape(), in.shape());
        var result = new double[Math.toIntExact(out.shape().size())];
        Arrays.fill(result, f.fn() == ReduceOp.Fn.MAX ? Double.NEGATIVE_INFINITY : 0);
        for (int i = 0; i < x.length; i++) {
            result[where[i]] = switch (f.fn()) {
                case SUM -> result[where[i]] + x[i];
                case SUM_SQUARES -> result[where[i]] + x[i] * x[i];
                case MAX -> Math.max(result[where[i]], x[i]);
            };
        }
        Values.write(f.alpha(), result, f.beta(), out);
    }
}
