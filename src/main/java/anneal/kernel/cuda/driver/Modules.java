package anneal.kernel.cuda.driver;

import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;

/** The jar's fatbins in the current context, and the kernels in them. A kernel's handle is its place in the list. */
final class Modules {
    /** Shared memory, the kernel's own included, that a launch may have without asking for more. */
    private static final int USUAL_SHARED_BYTES = 48 * 1024;

    private final int mostShared;
    private final List<CUmodule> modules = new ArrayList<>();
    private final List<Kernel> kernels = new ArrayList<>();

    /** A function, its own shared memory, and what a launch was allowed to add so far. */
    private static final class Kernel {
        final CUfunction function;
        final int ownShared;
        int allowed;

        Kernel(CUfunction function) {
            this.function = function;
            var own = new int[1];
            Status.check(cuFuncGetAttribute(own, CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, function),
                    "cuFuncGetAttribute");
            ownShared = own[0];
            allowed = USUAL_SHARED_BYTES - ownShared;
        }
    }

    Modules(CUdevice device) {
        mostShared = Gpu.attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
        var list = Resources.text("kernels.list").orElseThrow(() -> new DriverException("the jar has no kernels.list"));
        list.lines().forEach(this::load);
    }

    private void load(String fatbin) {
        var bytes = Resources.bytes(fatbin).orElseThrow(() -> new DriverException("the jar has no " + fatbin));
        var module = new CUmodule();
        int status = cuModuleLoadData(module, bytes);
        if (status == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU || status == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
                || status == CUresult.CUDA_ERROR_INVALID_IMAGE) {
            throw new DriverException("the driver is for CUDA " + Gpu.version() + " and cannot load kernels built by nvcc "
                    + Resources.text("nvcc.version").orElse("of unknown version") + " (" + Status.text(status)
                    + "): update the driver, or build with an nvcc of the driver's version");
        }
        Status.check(status, "cuModuleLoadData of " + fatbin);
        modules.add(module);
    }

    long kernel(String name) {
        for (var module : modules) {
            var function = new CUfunction();
            int status = cuModuleGetFunction(function, module, name);
            if (status == CUresult.CUDA_SUCCESS) {
                kernels.add(new Kernel(function));
                return kernels.size() - 1;
            }
            if (status != CUresult.CUDA_ERROR_NOT_FOUND) {
                Status.check(status, "cuModuleGetFunction of " + name);
            }
        }
        throw new DriverException("there is no kernel " + name);
    }

    /** Bytes of shared memory that a block can have at most. */
    int mostShared() {
        return mostShared;
    }

    CUfunction function(long kernel) {
        return kernels.get((int) kernel).function;
    }

    /** A kernel that wants more shared memory than usual has to say so before its launch. */
    void allowShared(long kernel, int bytes) {
        var k = kernels.get((int) kernel);
        if (bytes <= k.allowed) {
            return;
        }
        if (bytes + k.ownShared > mostShared) {
            throw new DriverException(bytes + k.ownShared + " bytes of shared memory; a block of this GPU has "
                    + mostShared);
        }
        Status.check(cuFuncSetAttribute(k.function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                bytes), "cuFuncSetAttribute");
        k.allowed = bytes;
    }

    void unload() {
        modules.forEach(module -> cuModuleUnload(module));
    }
}
