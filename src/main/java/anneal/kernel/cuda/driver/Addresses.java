package anneal.kernel.cuda.driver;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;

/** Raw addresses as JCuda's pointers, which have them but do not show them. */
final class Addresses {
    private Addresses() {
    }

    /** Device memory: filled in by cuMemAlloc, or made from an address. */
    static final class Device extends CUdeviceptr {
        Device() {
        }

        Device(long address) {
            super(new CUdeviceptr(), address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** Host memory: filled in by cuMemAllocHost, or made from an address. */
    static final class Host extends Pointer {
        Host() {
        }

        Host(long address) {
            super(address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }
}
