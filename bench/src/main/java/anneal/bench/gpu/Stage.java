package anneal.bench.gpu;

import anneal.bench.peer.Item;
import anneal.bench.peer.NormItem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured in one command of a few minutes. */
enum Stage {
    GEMM(0.9, List.of("eager")),
    CONV(0.5, List.of("eager")),
    ATTENTION_FORWARD(0.6, List.of("eager", "cudnn", "flash")),
    ATTENTION_BACKWARD(0.45, List.of("eager", "cudnn", "flash")),
    NORM(0.8, List.of("eager", "compile")),
    UNET_FORWARD(1, List.of("eager", "compile", "compile-graphs")),
    UNET_TRAINING(1, List.of("eager", "compile"));

    /** Of a normalisation that has to read its input twice. */
    private static final double TWICE_READ = 0.6;
    /** What a block of an H100 may keep in shared memory; a group that is larger is read twice. */
    private static final double ON_CHIP_BYTES = 227 << 10;

    private final double target;
    private final List<String> ways;

    /** @param ways of PyTorch, see torch_gpu.py; those that begin with compile take their time to build */
    Stage(double target, List<String> ways) {
        this.target = target;
        this.ways = ways;
    }

    /** @throws IllegalArgumentException in one line, if there is none of that name */
    static Stage of(String word) {
        return Arrays.stream(values()).filter(s -> s.word().equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no stage '" + word + "': use "
                        + Arrays.stream(values()).map(Stage::word).collect(Collectors.joining(", "))));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<String> ways() {
        return ways;
    }

    boolean ofNetworks() {
        return this == UNET_FORWARD || this == UNET_TRAINING;
    }

    /** What ours is measured by: a copy of as many bytes, or the fastest of the others. */
    boolean againstCopy() {
        return this == NORM;
    }

    /** Our speed over theirs that is aimed at; 0 for none. */
    double target(Item item) {
        if (item instanceof NormItem norm) {
            return norm.backward() ? 0 : norm.groupElements() * Short.BYTES <= ON_CHIP_BYTES ? target : TWICE_READ;
        }
        return target;
    }

    /** In words. */
    String targetText() {
        return switch (this) {
            case GEMM -> "0.9 of the fastest library's speed";
            case CONV -> "0.5 of the fastest library's speed by mma.sync, as these are; 0.9 by wgmma, not written";
            case ATTENTION_FORWARD -> "0.6 of the fastest library's speed";
            case ATTENTION_BACKWARD -> "0.45 of the fastest library's speed";
            case NORM -> "forward, 0.8 of a copy's speed where a group fits on chip, 0.6 where it must be read twice";
            case UNET_FORWARD, UNET_TRAINING -> "no slower than torch.compile";
        };
    }

    /** @param quick tiny shapes that go the same way, for the simulator */
    List<Item> items(boolean quick) {
        return quick ? Shapes.tiny(this) : Shapes.of(this);
    }
}
