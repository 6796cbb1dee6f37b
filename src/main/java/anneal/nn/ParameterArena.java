package anneal.nn;

import anneal.kernel.DType;
import anneal.kernel.Philox;
import anneal.tensor.Device;
import anneal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of one model on one device: values, gradients, both Adam moments and every EMA, each one contiguous buffer
 * with the same offsets, so that an optimiser step, saving and reducing are single passes. A model is in one arena at a
 * time; closing it frees the memory and the model is a declaration again.
 *
 * <p>Where networks compute in bfloat16, what training changes bit by bit is float32, and the network computes with a
 * {@link #shadow} of the values in bfloat16. The optimiser keeps it up to date, and so do {@link StateDict}
 * and {@link #initialise}; whoever writes to a buffer by other means calls {@link #compute} for it afterwards. An arena
 * without moments has the values in bfloat16 alone.
 */
public final class ParameterArena implements AutoCloseable {
    /** Philox stream of start values; others' streams are in their enums. */
    private static final int INITIAL_VALUES = 0x1417;

    private final Device device;
    private final Module module;
    private final ArenaBuffer values;
    private final ArenaBuffer shadow;
    private final ArenaBuffer gradients;
    private final ArenaBuffer firstMoment;
    private final ArenaBuffer secondMoment;
    private final List<ArenaBuffer> emas = new ArrayList<>();
    private final List<Tensor> constants = new ArrayList<>();
    private boolean open = true;

    private ParameterArena(Device device, Module module, boolean withGradients, boolean withMoments, int emaCount) {
        var parameters = module.parameters().values();
        if (parameters.stream().anyMatch(Parameter::isBound)) {
            throw new IllegalStateException("the model is in an arena already; close that one first");
        }
        this.device = device;
        this.module = module;
        DType wide = device.wideType();
        boolean shadowed = withMoments && wide != device.floatType();
        values = new ArenaBuffer(device, withMoments ? wide : device.floatType(), parameters);
        shadow = shadowed ? new ArenaBuffer(device, device.floatType(), parameters) : null;
        gradients = withGradients ? new ArenaBuffer(device, wide, parameters) : null;
        firstMoment = withMoments ? new ArenaBuffer(device, wide, parameters) : null;
        secondMoment = withMoments ? new ArenaBuffer(device, wide, parameters) : null;
        for (int i = 0; i < emaCount; i++) {
            emas.add(new ArenaBuffer(device, wide, parameters));
        }
        compute(values);
        for (var c : module.constants()) {
            var t = device.owned(c.shape());
            t.copyFrom(c.values());
            c.bind(t);
            constants.add(t);
        }
    }

    /** Values only. */
    public static ParameterArena forInference(Device device, Module module) {
        return new ParameterArena(device, module, false, false, 0);
    }

    /** Values and gradients. */
    public static ParameterArena forGradients(Device device, Module module) {
        return new ParameterArena(device, module, true, false, 0);
    }

    /** Everything that training needs, with {@code emas} averages. */
    public static ParameterArena forTraining(Device device, Module module, int emas) {
        return new ParameterArena(device, module, true, true, emas);
    }

    public Device device() {
        return device;
    }

    public Module module() {
        return module;
    }

    public ArenaBuffer values() {
        return values;
    }

    /** What the model computes with, rounded from the values; null where it computes with them as they are. */
    public ArenaBuffer shadow() {
        return shadow;
    }

    public ArenaBuffer gradients() {
        return kept(gradients, "gradients");
    }

    public ArenaBuffer firstMoment() {
        return kept(firstMoment, "moments");
    }

    public ArenaBuffer secondMoment() {
        return kept(secondMoment, "moments");
    }

    public List<ArenaBuffer> emas() {
        return List.copyOf(emas);
    }

    private static ArenaBuffer kept(ArenaBuffer buffer, String what) {
        if (buffer == null) {
            throw new IllegalStateException("the arena was made without " + what);
        }
        return buffer;
    }

    /** Sets start values, the same for the same seed on every device, and starts the EMAs from them. */
    public void initialise(long seed) {
        int number = 0;
        for (var p : module.parameters().values()) {
            var random = Philox.stream(seed, INITIAL_VALUES, number++, 0);
            values.of(p).copyFrom(p.initialiser().values(Math.toIntExact(p.shape().size()), random));
        }
        compute(values);
        startEmas();
    }

    /** Sets every EMA to the values. */
    public void startEmas() {
        for (var ema : emas) {
            ema.flat().copyFrom(values.flat());
        }
    }

    public void zeroGradients() {
        device.kernels().fill(gradients().flat().buf(), 0);
    }

    /** Makes the model compute with {@code buffer}, an EMA or {@link #values}, until the next call. */
    public void compute(ArenaBuffer buffer) {
        if (shadow != null) {
            shadow.flat().copyFrom(buffer.flat());
        }
        for (var p : module.parameters().values()) {
            p.bind(buffer.of(p), (shadow == null ? buffer : shadow).of(p), gradients == null ? null : gradients.of(p));
        }
    }

    /** Promises that the values stay as they are from now on, so that the device may keep what it makes of them. */
    public void freeze() {
        values.flat().buf().storage().freeze();
        if (shadow != null) {
            shadow.flat().buf().storage().freeze();
        }
    }

    @Override
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        module.parameters().values().forEach(p -> p.bind(null, null, null));
        module.constants().forEach(c -> c.bind(null));
        constants.forEach(Tensor::release);
        emas.forEach(ArenaBuffer::close);
        for (var buffer : new ArenaBuffer[] {secondMoment, firstMoment, gradients, shadow, values}) {
            if (buffer != null) {
                buffer.close();
            }
        }
    }
}
