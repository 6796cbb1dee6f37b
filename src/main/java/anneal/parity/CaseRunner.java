package anneal.parity;

import anneal.io.TensorData;
import java.io.IOException;
import java.util.SequencedMap;

/** Computes one kind of case with this engine. */
@FunctionalInterface
interface CaseRunner {
    /**
     * What the case's manifest entry lists as expected, under its names and in its layouts (images NCHW, convolution
     * weights OIHW); more is allowed.
     *
     * @throws IllegalArgumentException      if the config is refused: right for a case with {@code expect_error}
     * @throws UnsupportedOperationException if the config asks for something that this engine does not have
     */
    SequencedMap<String, TensorData> run(CaseContext c) throws IOException;
}
