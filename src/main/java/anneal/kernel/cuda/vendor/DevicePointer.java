package anneal.kernel.cuda.vendor;

import jcuda.Pointer;

/** A raw device address as JCuda's pointer. */
final class DevicePointer extends Pointer {
    DevicePointer(long address) {
        super(address);
    }
}
