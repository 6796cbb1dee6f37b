package anneal.kernel.cuda.vendor;

import jcuda.jcudnn.cudnnHandle;

/** cuDNN's handle, whose address its graphs ask for. */
final class CudnnHandle extends cudnnHandle {
    long address() {
        return getNativePointer();
    }
}
