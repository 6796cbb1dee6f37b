package anneal.kernel.cuda.driver;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** What CUDA's functions return: 0, or the number of an error. */
final class Status {
    private Status() {
    }

    /** Throws DriverException with the call and CUDA's own words unless the status is 0. */
    static void check(int status, String call) {
        if (status != CUresult.CUDA_SUCCESS) {
            throw new DriverException(call + ": " + text(status));
        }
    }

    static String text(int status) {
        var words = new String[1];
        int known = JCudaDriver.cuGetErrorString(status, words);
        return CUresult.stringFor(status) + (known == 0 && words[0] != null ? ", " + words[0] : "");
    }
}
