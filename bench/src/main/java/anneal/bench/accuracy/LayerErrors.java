package anneal.bench.accuracy;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.ConvAlgorithm;
import anneal.kernel.ConvSpec;
import anneal.kernel.DType;
import anneal.kernel.Epilogue;
import anneal.kernel.Kernels;
import anneal.kernel.Lowering;
import anneal.kernel.Prologue;
import anneal.kernel.Shape;
import anneal.kernel.cpu.CpuBackend;
import anneal.kernel.cpu.CpuOptions;
import anneal.kernel.reference.ReferenceBackend;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Listens to the 3x3 convolutions of a network while it runs on the cpu device, and computes each again, from the very
 * floats that it reads, in float64 and by every algorithm. Norm and activation before it are computed once, in float32,
 * so that the errors are the convolution's own.
 */
final class LayerErrors implements AutoCloseable {
    /** What is compared; each where its shape allows, else directly. */
    static final List<ConvAlgorithm> ALGORITHMS = List.of(ConvAlgorithm.DIRECT, ConvAlgorithm.F2, ConvAlgorithm.F4);

    /**
     * A convolution that was seen.
     *
     * @param spec   what was computed
     * @param fast   the algorithm that {@code --conv fast} takes
     * @param errors ||y - y64|| / ||y64|| by algorithm
     */
    record Layer(ConvSpec spec, String fast, Map<ConvAlgorithm, Double> errors) {
    }

    private final CpuBackend cpu = open(ConvAlgorithm.AUTO);
    private final CpuBackend fast = open(ConvAlgorithm.FAST);
    private final Map<ConvAlgorithm, CpuBackend> others = new EnumMap<>(ConvAlgorithm.class);
    private final ReferenceBackend reference = new ReferenceBackend(false);
    private final Backend listening;
    private final List<Layer> layers = new ArrayList<>();

    LayerErrors() {
        ALGORITHMS.forEach(a -> others.put(a, open(a)));
        var kernels = (Kernels) proxy(Kernels.class, this::kernel);
        listening = (Backend) proxy(Backend.class, (proxy, method, args) ->
                method.getName().equals("kernels") ? kernels : call(cpu, method, args));
    }

    private static CpuBackend open(ConvAlgorithm algorithm) {
        return new CpuBackend(CpuOptions.defaults().with(algorithm));
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** The device to run a network on. */
    Backend backend() {
        return listening;
    }

    /** What was seen so far, in the order of the network. */
    List<Layer> layers() {
        return List.copyOf(layers);
    }

    private Object kernel(Object proxy, Method method, Object[] args) throws Throwable {
        if (method.getName().equals("conv") && args[0] instanceof ConvSpec s && s.mode() == ConvSpec.Mode.FORWARD
                && s.kH() == 3 && s.stride() == 1) {
            layers.add(measure(s, (Prologue) args[1], (Buf) args[2], (Buf) args[3]));
        }
        return call(cpu.kernels(), method, args);
    }

    private Layer measure(ConvSpec s, Prologue p, Buf x, Buf w) {
        var in = buf(cpu, Shape.of(s.n(), s.inH(), s.inW(), s.inC()));
        new Lowering(cpu).norm(p, x, in);
        var exactIn = copy(in);
        var exactW = copy(w);
        double[] exact = convolve(s, reference, exactIn, exactW);
        var errors = new EnumMap<ConvAlgorithm, Double>(ConvAlgorithm.class);
        others.forEach((algorithm, device) -> errors.put(algorithm, distance(convolve(s, device, in, w), exact)));
        List.of(in, exactIn, exactW).forEach(b -> b.storage().release());
        return new Layer(s, fast.kernels().plan(s).algorithm(), errors);
    }

    private static double[] convolve(ConvSpec s, Backend device, Buf x, Buf w) {
        var y = buf(device, Shape.of(s.n(), s.outH(), s.outW(), s.outC()));
        new Lowering(device).conv(s, Prologue.NONE, x, w, Epilogue.NONE, y);
        double[] result = device.downloadDoubles(y);
        y.storage().release();
        return result;
    }

    private static Buf buf(Backend device, Shape shape) {
        DType type = device.floatType();
        return Buf.dense(device.allocate(shape.size() * type.bytes()), type, shape);
    }

    /** The same numbers in float64. */
    private Buf copy(Buf from) {
        var to = buf(reference, from.shape());
        reference.upload(cpu.downloadDoubles(from), to);
        return to;
    }

    /** ||a - b|| / ||b||. */
    static double distance(double[] a, double[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < b.length; i++) {
            difference += (a[i] - b[i]) * (a[i] - b[i]);
            norm += b[i] * b[i];
        }
        return Math.sqrt(difference / norm);
    }

    @Override
    public void close() {
        others.values().forEach(CpuBackend::close);
        reference.close();
        fast.close();
        cpu.close();
    }
}
