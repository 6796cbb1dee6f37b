package anneal.kernel.cuda.vendor;

import anneal.kernel.cuda.driver.DriverException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBackendDescriptor;

/**
 * A descriptor of cuDNN's graph API: attributes by number, then finalised. Types and numbers are those of cudnn_graph.h
 * (cuDNN 9), of which JCuda's classes know the older ones only. Values are handed over as raw addresses, for JCuda takes
 * nothing else there.
 */
final class GraphDescriptor extends cudnnBackendDescriptor {
    /** cudnnBackendAttributeType_t: what the elements of an attribute are. */
    private static final int TYPE_HANDLE = 0;
    private static final int TYPE_DATA_TYPE = 1;
    private static final int TYPE_BOOLEAN = 2;
    private static final int TYPE_INT64 = 3;
    private static final int TYPE_VOID_PTR = 6;
    private static final int TYPE_HEUR_MODE = 8;
    private static final int TYPE_POINTWISE_MODE = 14;
    private static final int TYPE_DESCRIPTOR = 15;
    private static final int TYPE_REDUCTION_OPERATOR = 18;

    /** cuDNN 9 has a thousand statuses of every kind. */
    private static final int NOT_SUPPORTED = 3000;
    private static final int NOT_SUPPORTED_END = 4000;

    private final String what;

    /** That cuDNN does not do what a descriptor asks for. */
    static final class NotSupported extends Exception {
        private static final long serialVersionUID = 1;

        NotSupported(String message) {
            super(message);
        }
    }

    /**
     * @param type a cudnnBackendDescriptorType_t
     * @param what for error messages
     */
    GraphDescriptor(int type, String what) throws NotSupported {
        this.what = what;
        check(JCudnn.cudnnBackendCreateDescriptor(type, this), "creating");
    }

    /** What others refer to it by. */
    long address() {
        return getNativePointer();
    }

    GraphDescriptor integers(int name, long... values) throws NotSupported {
        return longs(name, TYPE_INT64, values);
    }

    GraphDescriptor pointers(int name, long... values) throws NotSupported {
        return longs(name, TYPE_VOID_PTR, values);
    }

    GraphDescriptor handle(int name, long handle) throws NotSupported {
        return longs(name, TYPE_HANDLE, handle);
    }

    GraphDescriptor descriptors(int name, GraphDescriptor... values) throws NotSupported {
        return longs(name, TYPE_DESCRIPTOR, Arrays.stream(values).mapToLong(GraphDescriptor::address).toArray());
    }

    GraphDescriptor dataType(int name, int value) throws NotSupported {
        return number(name, TYPE_DATA_TYPE, value);
    }

    GraphDescriptor heuristicMode(int name, int value) throws NotSupported {
        return number(name, TYPE_HEUR_MODE, value);
    }

    GraphDescriptor pointwiseMode(int name, int value) throws NotSupported {
        return number(name, TYPE_POINTWISE_MODE, value);
    }

    GraphDescriptor reduction(int name, int value) throws NotSupported {
        return number(name, TYPE_REDUCTION_OPERATOR, value);
    }

    GraphDescriptor yes(int name) throws NotSupported {
        try (var arena = Arena.ofConfined()) {
            return set(name, TYPE_BOOLEAN, 1, arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 1));
        }
    }

    private GraphDescriptor longs(int name, int type, long... values) throws NotSupported {
        try (var arena = Arena.ofConfined()) {
            return set(name, type, values.length, arena.allocateFrom(ValueLayout.JAVA_LONG, values));
        }
    }

    private GraphDescriptor number(int name, int type, int value) throws NotSupported {
        try (var arena = Arena.ofConfined()) {
            return set(name, type, 1, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /** cuDNN copies the elements before it returns. */
    private GraphDescriptor set(int name, int type, long count, MemorySegment elements) throws NotSupported {
        check(JCudnn.cudnnBackendSetAttribute(this, name, type, count, new DevicePointer(elements.address())),
                "attribute " + name);
        return this;
    }

    /** No more attributes: whoever refers to it may have it now. */
    GraphDescriptor done() throws NotSupported {
        check(JCudnn.cudnnBackendFinalize(this), "finalising");
        return this;
    }

    /** An attribute that cuDNN has set. */
    long integer(int name) throws NotSupported {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(ValueLayout.JAVA_LONG);
            check(JCudnn.cudnnBackendGetAttribute(this, name, TYPE_INT64, 1, new long[1],
                    new DevicePointer(value.address())), "reading attribute " + name);
            return value.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Has cuDNN fill descriptors that were made for it, and says how many it did. */
    int fill(int name, GraphDescriptor... made) throws NotSupported {
        try (var arena = Arena.ofConfined()) {
            var addresses = arena.allocateFrom(ValueLayout.JAVA_LONG,
                    Arrays.stream(made).mapToLong(GraphDescriptor::address).toArray());
            var count = new long[1];
            check(JCudnn.cudnnBackendGetAttribute(this, name, TYPE_DESCRIPTOR, made.length, count,
                    new DevicePointer(addresses.address())), "reading attribute " + name);
            return (int) Math.min(count[0], made.length);
        }
    }

    void destroy() {
        JCudnn.cudnnBackendDestroyDescriptor(this);
    }

    private void check(int status, String step) throws NotSupported {
        if (status == 0) {
            return;
        }
        var message = what + ", " + step + ": " + JCudnn.cudnnGetErrorString(status);
        if (status >= NOT_SUPPORTED && status < NOT_SUPPORTED_END) {
            throw new NotSupported(message);
        }
        throw new DriverException(message);
    }
}
