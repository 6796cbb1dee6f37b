package anneal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.io.DataException;
import anneal.io.FileType;
import anneal.io.TensorData;
import anneal.kernel.Shape;
import anneal.kernel.reference.ReferenceBackend;
import anneal.tensor.Device;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateDictTest {
    private final Device device = new Device(new ReferenceBackend());
    private final AttentionPool2d pool = new AttentionPool2d(3, 64, 32, 5);
    private final Conv2d conv = new Conv2d(4, 3, 3);

    @AfterEach
    void close() {
        device.close();
    }

    private static double[] counting(int n) {
        var v = new double[n];
        Arrays.setAll(v, i -> i / 4.0);
        return v;
    }

    private static LinkedHashMap<String, TensorData> convTensors(FileType type) {
        var tensors = new LinkedHashMap<String, TensorData>();
        tensors.put("weight", TensorData.of(counting(3 * 4 * 3 * 3), 3, 4, 3, 3).cast(type));
        tensors.put("bias", TensorData.of(counting(3), 3).cast(type));
        return tensors;
    }

    @Test
    void convolutionsComeInChannelsLast() throws DataException {
        try (var arena = ParameterArena.forInference(device, conv)) {
            StateDict.load(conv, convTensors(FileType.F64));
            var w = conv.parameters().get("weight").value().toDoubles();
            for (int o = 0; o < 3; o++) {
                for (int i = 0; i < 4; i++) {
                    for (int k = 0; k < 9; k++) {
                        assertEquals(((o * 4 + i) * 9 + k) / 4.0, w[(o * 9 + k) * 4 + i]);
                    }
                }
            }
        }
    }

    @Test
    void everyFloatingTypeIsRead() throws DataException {
        try (var arena = ParameterArena.forInference(device, conv)) {
            for (var type : new FileType[] {FileType.F64, FileType.F32, FileType.F16, FileType.BF16}) {
                arena.values().flat().copyFrom(new double[(int) arena.values().flat().size()]);
                StateDict.load(conv, convTensors(type));
                assertArrayEquals(counting(108), StateDict.values(conv).get("weight").toDoubles(), type.name());
            }
        }
    }

    @Test
    void everyLayoutGoesThereAndBack() throws DataException {
        try (var arena = ParameterArena.forInference(device, pool)) {
            arena.initialise(8);
            var before = arena.values().flat().toDoubles();
            var saved = StateDict.values(pool);
            assertArrayEquals(new long[] {64, 10}, saved.get("positional_embedding").shape());
            assertArrayEquals(new long[] {192, 64, 1}, saved.get("qkv_proj.weight").shape());
            arena.initialise(9);
            StateDict.load(pool, saved);
            assertArrayEquals(before, arena.values().flat().toDoubles());
        }
    }

    @Test
    void floatsAndDoublesMoveAlike() {
        var shape = Shape.of(5, 2, 3, 7);
        var doubles = counting(210);
        var floats = new float[210];
        for (int i = 0; i < 210; i++) {
            floats[i] = (float) doubles[i];
        }
        var movedDoubles = WeightLayout.CONV2D.fromCheckpoint(doubles, shape);
        var movedFloats = WeightLayout.CONV2D.fromCheckpoint(floats, shape);
        for (int i = 0; i < 210; i++) {
            assertEquals(movedDoubles[i], movedFloats[i]);
        }
        assertArrayEquals(floats, WeightLayout.CONV2D.toCheckpoint(movedFloats, shape));
        assertArrayEquals(doubles, WeightLayout.CONV2D.toCheckpoint(movedDoubles, shape));
    }

    @Test
    void integersAreRefusedAndOthersIgnoredOnlyWhenAsked() throws DataException {
        try (var arena = ParameterArena.forInference(device, conv)) {
            var tensors = convTensors(FileType.F32);
            tensors.put("bias", TensorData.of(new int[3], 3));
            var e = assertThrows(DataException.class, () -> StateDict.load(conv, tensors));
            assertTrue(e.getMessage().contains("1 not floating: bias (I32)"), e.getMessage());
            var more = convTensors(FileType.F32);
            for (var name : new String[] {"p", "q", "r", "s"}) {
                more.put(name, TensorData.of(new int[1], 1));
            }
            var others = assertThrows(DataException.class, () -> StateDict.load(conv, more));
            assertTrue(others.getMessage().contains("4 not expected: p, q, r, ..."), others.getMessage());
            StateDict.loadIgnoringOthers(conv, more);
        }
    }
}
