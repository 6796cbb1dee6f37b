package anneal.study.predict;

import anneal.kernel.Precision;
import anneal.kernel.cuda.driver.HostDriver;
import java.util.ArrayList;
import java.util.List;

/** Calls that between them launch every kernel that ships. */
final class Catalogue {
    /** Rungs of the ladders, probes of tensor-core fragments, and the mistakes of instrumented builds. */
    private static final List<String> NOT_SHIPPED = List.of("ladder_", "fragments_", "planted_");

    private Catalogue() {
    }

    /** The calls to make on a device of this precision. What all have alike stands under one of them only. */
    static List<KernelCall> of(Precision p) {
        var calls = new ArrayList<>(ProductCalls.all(p));
        if (p != Precision.TF32) {
            calls.addAll(AttentionCalls.all(p));
            calls.addAll(NormCalls.all(p));
            calls.addAll(PointwiseCalls.all(p));
            calls.addAll(RowCalls.all(p));
        }
        if (p == Precision.BF16) {
            calls.addAll(PointwiseCalls.memory(p));
            calls.addAll(RowCalls.ofAnyType(p));
        }
        return calls;
    }

    /** Kernels of kernels/*.cu that operations use; what else a library has is told by how its names begin. */
    static List<String> shipped() {
        return HostDriver.kernels().stream().filter(k -> NOT_SHIPPED.stream().noneMatch(k::startsWith)).sorted()
                .toList();
    }
}
