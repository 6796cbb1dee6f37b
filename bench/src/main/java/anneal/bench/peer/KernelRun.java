package anneal.bench.peer;

import anneal.io.TensorData;
import anneal.kernel.Buf;
import anneal.kernel.Shape;
import anneal.tensor.Device;
import anneal.tensor.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Calls of kernels on buffers that are there already. */
final class KernelRun implements Ours {
    private final Device device;
    private final Map<String, TensorData> inputs;
    private final Scope scope;
    private final SequencedMap<String, Buf> outputs = new LinkedHashMap<>();
    private Runnable body;

    KernelRun(Device device, Map<String, TensorData> inputs) {
        this.device = device;
        this.inputs = inputs;
        scope = device.scope();
    }

    Buf input(String name) {
        var data = inputs.get(name);
        return device.of(data.toFloats(), data.intShape()).toFloating().buf();
    }

    Buf output(String name, int... dims) {
        var buf = scratch(dims);
        outputs.put(name, buf);
        return buf;
    }

    /** In the type of parameters' gradients. */
    Buf gradient(String name, int... dims) {
        var buf = device.empty(Shape.of(dims)).buf();
        outputs.put(name, buf);
        return buf;
    }

    /** In the type of statistics. */
    Buf statistics(int... dims) {
        return device.empty(Shape.of(dims)).buf();
    }

    Buf scratch(int... dims) {
        return device.empty(device.floatType(), Shape.of(dims)).buf();
    }

    KernelRun calling(Runnable kernels) {
        body = kernels;
        return this;
    }

    @Override
    public void enqueue() {
        body.run();
    }

    @Override
    public void run() {
        enqueue();
        device.backend().synchronize();
    }

    @Override
    public SequencedMap<String, float[]> results() {
        run();
        var out = new LinkedHashMap<String, float[]>();
        outputs.forEach((name, buf) -> out.put(name, device.backend().downloadFloats(buf)));
        return out;
    }

    @Override
    public void close() {
        scope.close();
    }
}
