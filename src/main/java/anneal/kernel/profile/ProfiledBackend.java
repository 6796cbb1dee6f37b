package anneal.kernel.profile;

import anneal.kernel.Backend;
import anneal.kernel.Buf;
import anneal.kernel.DType;
import anneal.kernel.Kernels;
import anneal.kernel.Storage;

/** Another device whose kernel calls are timed. */
public final class ProfiledBackend implements Backend {
    private final Backend backend;
    private final Kernels kernels;

    public ProfiledBackend(Backend backend, Profile profile) {
        this.backend = backend;
        this.kernels = new TimedKernels(backend.kernels(), backend::synchronize, profile);
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return backend.description() + ", profiled";
    }

    @Override
    public DType floatType() {
        return backend.floatType();
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public Storage allocate(long bytes) {
        return backend.allocate(bytes);
    }

    @Override
    public void trim() {
        backend.trim();
    }

    @Override
    public void poison(Storage block, long offset, long bytes) {
        backend.poison(block, offset, bytes);
    }

    @Override
    public void upload(float[] src, Buf dst) {
        backend.upload(src, dst);
    }

    @Override
    public void upload(double[] src, Buf dst) {
        backend.upload(src, dst);
    }

    @Override
    public void upload(int[] src, Buf dst) {
        backend.upload(src, dst);
    }

    @Override
    public double[] downloadDoubles(Buf src) {
        return backend.downloadDoubles(src);
    }

    @Override
    public float[] downloadFloats(Buf src) {
        return backend.downloadFloats(src);
    }

    @Override
    public void synchronize() {
        backend.synchronize();
    }

    @Override
    public MemoryUse memory() {
        return backend.memory();
    }

    @Override
    public void close() {
        backend.close();
    }
}
