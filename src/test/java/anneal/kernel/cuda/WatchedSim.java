package anneal.kernel.cuda;

import anneal.kernel.Backend;
import anneal.kernel.Kernels;
import anneal.kernel.Precision;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.SortedMap;

/** The sim device with somebody at its door: a call of a primitive that launches no CUDA kernel fails. */
public final class WatchedSim {
    private final CudaBackend sim;
    private long calls;

    public WatchedSim(Precision precision) {
        sim = CudaBackend.sim(new CudaOptions(2, true, precision));
    }

    /** The device to work with; whoever takes it closes it. */
    public Backend backend() {
        var kernels = proxy(Kernels.class, (proxy, method, arguments) -> {
            if (method.getName().equals("plan")) {
                return call(method, sim.kernels(), arguments);
            }
            long before = launches();
            var result = call(method, sim.kernels(), arguments);
            calls++;
            if (launches() == before) {
                throw new AssertionError(method.getName() + " launched no kernel");
            }
            return result;
        });
        return proxy(Backend.class, (proxy, method, arguments) ->
                method.getName().equals("kernels") ? kernels : call(method, sim, arguments));
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Kernels launched so far. */
    public long launches() {
        return sim.launches().values().stream().mapToLong(Long::longValue).sum();
    }

    /** How often each kernel was launched so far. */
    public SortedMap<String, Long> launchesByKernel() {
        return sim.launches();
    }

    /** Calls of primitives so far, each of which launched something. */
    public long calls() {
        return calls;
    }
}
