package anneal.data;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** The first hundred images of MNIST's test set, which travel with this library; MNIST itself does not. */
final class MnistDigits {
    private static final List<String> CLASS_NAMES = IntStream.range(0, 10).mapToObj(Integer::toString).toList();

    private MnistDigits() {
    }

    static ImageDataset embedded() throws IOException {
        return new EmbeddedIdx("MNIST", "mnist-100-images-idx3-ubyte.gz", "mnist-100-labels-idx1-ubyte.gz", CLASS_NAMES,
            "100 digits of MNIST's test set, embedded").open();
    }
}
