package anneal.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Handles signals of the operating system. The class that can is {@code sun.misc.Signal}, of the module
 * {@code jdk.unsupported}; it is reached by reflection, because javac warns of every plain use and some run-time images
 * lack it.
 */
final class Signals {

    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    private Signals() {
    }

    /**
     * Handles a signal from now on.
     *
     * @param name     such as {@code INT}
     * @param received is told the signal's number, on a thread of its own
     * @return puts the earlier handler back; does nothing where the signal cannot be handled
     */
    static Runnable handle(String name, IntConsumer received) {
        try {
            var signalClass = Class.forName(SIGNAL);
            var handlerClass = Class.forName(HANDLER);
            var handle = signalClass.getMethod("handle", signalClass, handlerClass);
            var signal = signalClass.getConstructor(String.class).newInstance(name);
            int number = (int) signalClass.getMethod("getNumber").invoke(signal);
            var handler = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlerClass},
                    (proxy, method, args) -> {
                        received.accept(number);
                        return null;
                    });
            var earlier = handle.invoke(null, signal, handler);
            return () -> restore(handle, signal, earlier);
        } catch (ReflectiveOperationException notHere) {
            return () -> { };
        }
    }

    private static void restore(Method handle, Object signal, Object earlier) {
        try {
            handle.invoke(null, signal, earlier);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a signal handler cannot be put back", e);
        }
    }
}
