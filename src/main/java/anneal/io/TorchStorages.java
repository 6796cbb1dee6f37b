package anneal.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The numbers of a checkpoint's tensors, by the names of their storages. */
interface TorchStorages extends AutoCloseable {
    /**
     * Bytes of a storage, or -1 if the file has none of that name; reads none of them.
     *
     * @param elementBytes of the tensors in it
     */
    long bytes(String name, int elementBytes);

    /** The storage's bytes, whose number has been checked. */
    MemorySegment read(String name) throws IOException;

    @Override
    void close() throws IOException;
}
