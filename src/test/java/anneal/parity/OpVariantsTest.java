package anneal.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import anneal.tensor.Device;
import anneal.tensor.Devices;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forms of operations that a manifest may ask for and the embedded fixtures do not have. */
class OpVariantsTest {
    private Device device;

    @BeforeEach
    void open() {
        device = Devices.open("reference");
    }

    @AfterEach
    void close() {
        device.close();
    }

    private Tensor counting(int... dims) {
        int n = IntStream.of(dims).reduce(1, (a, b) -> a * b);
        return device.of(IntStream.range(0, n).mapToDouble(i -> i).toArray(), dims);
    }

    private Tensor apply(String op, String attrs, SequencedMap<String, Tensor> tensors) throws Exception {
        return OpTable.find(op).apply(new OpTable.Inputs(tensors, new JsonMapper().readTree(attrs)));
    }

    private Tensor apply(String op, String attrs, Tensor x) throws Exception {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("x", x);
        return apply(op, attrs, tensors);
    }

    private void checkSlice(String slices, double... expected) throws Exception {
        assertArrayEquals(expected, apply("slice", "{\"slices\": " + slices + "}", counting(5)).toDoubles());
    }

    @Test
    void slicesFollowPython() throws Exception {
        checkSlice("[[null, null, -1]]", 4, 3, 2, 1, 0);
        checkSlice("[[3, null, -2]]", 3, 1);
        checkSlice("[[-2, null]]", 3, 4);
        checkSlice("[[null, -2]]", 0, 1, 2);
        checkSlice("[[1, 100, 3]]", 1, 4);
        checkSlice("[[-100, 2]]", 0, 1);
        checkSlice("[[100, -100, -2]]", 4, 2, 0);
        checkSlice("[[3, 0, -1]]", 3, 2, 1);
        checkSlice("[null]", 0, 1, 2, 3, 4);
        checkSlice("[[3, 1]]");
        checkSlice("[[-1, -4, -1]]", 4, 3, 2);
    }

    @Test
    void negativePaddingCrops() throws Exception {
        assertArrayEquals(new double[] {1, 7, 4, 7, 7, 7},
                apply("pad", "{\"pad\": [-1, 1, 0, 1], \"value\": 7}", counting(2, 3).slice(1, 0, 2)
                        .mul(device.of(new double[] {1, 1, 1, 1}, 2, 2))).toDoubles());
    }

    @Test
    void sequencesAreResizedAndNormalisedToo() throws Exception {
        var y = apply("resize", "{\"mode\": \"nearest\", \"size\": [6]}", counting(1, 2, 3));
        assertArrayEquals(new double[] {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5}, y.toDoubles());
        var normed = apply("group_norm", "{\"groups\": 1, \"eps\": 0}", counting(1, 2, 2));
        assertEquals(0, normed.sum().item(), 1e-12);
        assertEquals(4, normed.square().sum().item(), 1e-12);
    }

    @Test
    void paddedConvolutionOfASequence() throws Exception {
        var in = new LinkedHashMap<String, Tensor>();
        in.put("x", counting(1, 1, 4));
        in.put("weight", device.of(new double[] {1, 10, 100}, 1, 1, 3));
        assertArrayEquals(new double[] {100, 210, 321, 32},
                apply("conv1d", "{\"stride\": 1, \"padding\": 1}", in).toDoubles());
        assertArrayEquals(new double[] {100, 321}, apply("conv1d", "{\"stride\": 2, \"padding\": 1}", in).toDoubles());
    }

    /** A mask that differs by query takes another way than the kernel's key mask; both must mean the same. */
    @Test
    void masksOfAnyShapeAgree() throws Exception {
        var in = new LinkedHashMap<String, Tensor>();
        in.put("q", counting(2, 3, 4, 2).mul(0.1));
        in.put("k", counting(2, 3, 5, 2).mul(-0.07));
        in.put("v", counting(2, 3, 5, 2));
        in.put("mask", device.ofInts(new int[] {1, 0, 1, 1, 0, 0, 1, 1, 0, 1}, 2, 1, 1, 5));
        var byKey = apply("sdpa", "{}", in).toDoubles();
        var rows = new int[2 * 4 * 5];
        var keys = new int[] {1, 0, 1, 1, 0, 0, 1, 1, 0, 1};
        for (int i = 0; i < rows.length; i++) {
            rows[i] = keys[i / 20 * 5 + i % 5];
        }
        in.put("mask", device.ofInts(rows, 2, 1, 4, 5));
        assertArrayEquals(byKey, apply("sdpa", "{}", in).toDoubles(), 1e-12);
    }

    @Test
    void causalByCompositionIsCausalByKernel() throws Exception {
        var in = new LinkedHashMap<String, Tensor>();
        in.put("q", counting(1, 2, 3, 2).mul(0.1));
        in.put("k", counting(1, 2, 3, 2).mul(-0.07));
        in.put("v", counting(1, 2, 3, 2));
        var kernel = apply("sdpa", "{\"causal\": true}", in).toDoubles();
        in.put("mask", device.ofInts(new int[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, 3, 3));
        assertArrayEquals(kernel, apply("sdpa", "{\"causal\": true}", in).toDoubles(), 1e-12);
    }
}
