package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.ConvAlgorithm;
import anneal.tensor.Device;
import java.util.Map;

/** An item once more, with our 3x3 convolutions by F(4x4,3x3) where that pays, as {@code --conv fast} has them. */
record FastItem(Item item) implements Item {
    /** F4's rounding errors, and what a network makes of them, beside those of the usual way. */
    private static final double LESS_EXACT = 10;

    @Override
    public String name() {
        return item.name() + "/conv-fast";
    }

    @Override
    public Map<String, Object> spec() {
        return item.spec();
    }

    @Override
    public Numbers numbers() {
        return item.numbers();
    }

    @Override
    public Ours prepare(Device device, Map<String, TensorData> inputs) {
        return item.prepare(device, inputs);
    }

    @Override
    public Work work() {
        return item.work();
    }

    @Override
    public double elements() {
        return item.elements();
    }

    @Override
    public double tolerance() {
        return LESS_EXACT * item.tolerance();
    }

    @Override
    public ConvAlgorithm convolution() {
        return ConvAlgorithm.FAST;
    }
}
