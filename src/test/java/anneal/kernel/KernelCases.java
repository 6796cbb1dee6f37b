package anneal.kernel;

import java.util.List;
import java.util.stream.Stream;

/** All cases of all primitives. */
final class KernelCases {
    private KernelCases() {
    }

    static List<KernelCase> all() {
        return Stream.of(ConvCases.all(), DepthwiseCases.all(), GemmCases.all(), AttentionCases.all(), NormCases.all(),
                PointwiseCases.all(), RowCases.all(), MemoryCases.all()).flatMap(List::stream).toList();
    }
}
