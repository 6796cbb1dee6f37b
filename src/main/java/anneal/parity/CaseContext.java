package anneal.parity;

import anneal.io.DataException;
import anneal.io.SafeTensors;
import anneal.io.SafeTensorsFile;
import anneal.io.TensorData;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** One case ready to run: the device, the config, and what is given, by the fixture's names without {@code in.}. */
final class CaseContext implements AutoCloseable {
    private static final String INPUT = "in.";

    private final Device device;
    private final Manifest manifest;
    private final Manifest.Case entry;
    private final SafeTensorsFile file;
    private final Disturbance disturbance;

    private CaseContext(Device device, Manifest manifest, Manifest.Case entry, SafeTensorsFile file,
                        Disturbance disturbance) {
        this.device = device;
        this.manifest = manifest;
        this.entry = entry;
        this.file = file;
        this.disturbance = disturbance;
    }

    /** Opens the case's file. The tensors made through it belong to the device's current scope. */
    static CaseContext open(Device device, Manifest manifest, Manifest.Case entry) throws IOException {
        return open(device, manifest, entry, Disturbance.NONE);
    }

    /** As the other, with what is given disturbed. */
    static CaseContext open(Device device, Manifest manifest, Manifest.Case entry, Disturbance disturbance)
            throws IOException {
        var file = entry.file() == null ? null : SafeTensors.read(manifest.folder().resolve(entry.file()));
        return new CaseContext(device, manifest, entry, file, disturbance);
    }

    public Device device() {
        return device;
    }

    public Manifest manifest() {
        return manifest;
    }

    public Manifest.Case entry() {
        return entry;
    }

    public JsonNode config() {
        return entry.config();
    }

    /** Reference value of an expected tensor. */
    TensorData reference(String name) throws IOException {
        return file.get(name);
    }

    /** Names of the inputs, in the manifest's order, without {@code in.} where the set marks them so. */
    List<String> inputs() {
        return entry.tensors().stream().filter(t -> t.name().startsWith(INPUT) || t.isInput())
                .map(t -> t.name().startsWith(INPUT) ? t.name().substring(INPUT.length()) : t.name()).toList();
    }

    public boolean has(String input) {
        return file != null && file.tensors().containsKey(stored(input));
    }

    /** An input as it lies in the file. */
    public TensorData data(String input) throws IOException {
        return disturbance.ofInput(input, undisturbed(input));
    }

    private TensorData undisturbed(String input) throws IOException {
        if (file == null) {
            throw new DataException("case " + entry.name() + " has no file, but " + stored(input) + " is needed");
        }
        return file.get(stored(input));
    }

    /** The name of an input in the file: {@code in.} marks it, or, in sets whose names have no prefixes, its role. */
    private String stored(String input) {
        boolean plain = entry.tensors().stream().anyMatch(t -> t.isInput() && t.name().equals(input));
        return plain ? input : INPUT + input;
    }

    public double[] doubles(String input) throws IOException {
        return data(input).toDoubles();
    }

    public int[] ints(String input) throws IOException {
        return Arrays.stream(data(input).toLongs()).mapToInt(Math::toIntExact).toArray();
    }

    /** An input in the device's wide type, in the fixture's layout. */
    public Tensor tensor(String input) throws IOException {
        return upload(data(input));
    }

    /** Timesteps as a network hears of them: whole numbers or fractions. */
    public Tensor timesteps(String input) throws IOException {
        var t = undisturbed(input);
        return t.type().isFloating() ? upload(t) : indices(input);
    }

    /** An input image [N, C, H, W] (or sequence [N, C, L]) with its channels last. */
    public Tensor image(String input) throws IOException {
        var t = tensor(input);
        return t.permute(Axes.channelsLast(t.rank()));
    }

    /** Entry {@code row} of an input's first axis, an image with its channels last. */
    public Tensor image(String input, int row) throws IOException {
        var t = upload(row(data(input), row));
        return t.permute(Axes.channelsLast(t.rank()));
    }

    /** An I32 tensor of labels, indices or timesteps. */
    public Tensor indices(String input) throws IOException {
        return device.ofInts(ints(input), data(input).intShape());
    }

    /** Labels {@code y} if the case has them, else null. */
    public Tensor labels() throws IOException {
        return has("y") ? indices("y") : null;
    }

    /** A network's weights, by name, as the case is to have them. */
    Map<String, TensorData> weights(Map<String, TensorData> inFile) {
        var weights = new LinkedHashMap<String, TensorData>();
        inFile.forEach((name, data) -> weights.put(name, disturbance.ofParameter(name, data)));
        return weights;
    }

    /** Numbers of a file as a tensor of this device, in the current scope. */
    Tensor upload(TensorData data) {
        return device.of(data.toDoubles(), data.intShape());
    }

    /** Entry {@code i} of the first axis. */
    static TensorData row(TensorData data, int i) {
        var shape = Arrays.copyOfRange(data.shape(), 1, data.shape().length);
        long bytes = TensorData.elementsOf(shape) * data.type().bytes();
        return new TensorData(data.type(), shape, data.bytes().asSlice(i * bytes, bytes));
    }

    /** A new collection of results. */
    Outputs outputs() {
        return new Outputs();
    }

    SequencedMap<String, TensorData> allTensors() {
        return file.tensors();
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }
}
