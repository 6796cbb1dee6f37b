package anneal.diffusion;

import anneal.io.SafeTensors;
import anneal.io.TensorData;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The original guided-diffusion's numbers for one case, from the test resources. */
record Fixture(Map<String, TensorData> tensors) {
    static Fixture adm(String name) throws IOException {
        var url = Objects.requireNonNull(
                Fixture.class.getResource("/fixtures/adm/" + name + ".safetensors"), name);
        try {
            return new Fixture(new LinkedHashMap<>(SafeTensors.read(Path.of(url.toURI())).tensors()));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    double[] doubles(String name) {
        return Objects.requireNonNull(tensors.get(name), name).toDoubles();
    }

    /** A tensor, images from the file's NCHW to NHWC. */
    Tensor tensor(Device device, String name) {
        var data = tensors.get(name);
        var values = device.of(data.toDoubles(), data.intShape());
        return data.shape().length == 4 ? values.permute(0, 2, 3, 1) : values;
    }

    int[] ints(String name) {
        return Arrays.stream(doubles(name)).mapToInt(v -> (int) v).toArray();
    }
}
