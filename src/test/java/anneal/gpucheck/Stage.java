package anneal.gpucheck;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The stages in the order in which they make sense: what one finds broken makes the next ones' findings worthless. */
enum Stage {
    MACHINE(60, Where.ANYWHERE, "what the machine is and has", Machine::describe),
    BUILD(540, Where.GPU, "the kernels by the machine's own nvcc, if it has one", Machine::build),
    LAYOUTS(120, "tensor-core fragments, ldmatrix, cp.async, shuffles and roundings against the PTX manual",
            KernelTests::layouts),
    KERNELS_FP32(540, "every primitive against the reference, float32", KernelTests::fp32),
    KERNELS_TF32(540, "the same with products in tf32", KernelTests::tf32),
    KERNELS_BF16(540, "the same in bfloat16, and attention on tensor cores", KernelTests::bf16),
    PARITY(540, "numbers of the original authors' code, float32", Parity::run),
    MEMCHECK(540, Where.GPU, "compute-sanitizer: accesses out of bounds or misaligned", KernelTests::sanitized),
    RACECHECK(540, Where.GPU, "compute-sanitizer: races in shared memory", KernelTests::sanitized),
    INITCHECK(540, Where.GPU, "compute-sanitizer: reads of what was never written", KernelTests::sanitized),
    SYNCCHECK(540, Where.GPU, "compute-sanitizer: barriers that some threads do not reach", KernelTests::sanitized),
    VENDOR(540, Where.GPU, "products and convolutions by cuBLAS and cuDNN (--vendor) against the reference",
            KernelTests::vendor),
    LADDER(540, "the ladders of kernels, every rung against the reference; timed on a GPU", Ladders::run),
    GRAPHS(540, "steps recorded as graphs and replayed, bit for bit as without", KernelTests::graphs),
    PREDICTIONS(540, "every kernel launched as in a UNet; on a GPU its time beside the one predicted", PredictedTimes::run),
    TRAIN(540, "training and sampling with the shipped model's configuration, beside the cpu", ShortRuns::run),
    BENCH_GEMM(540, "how fast products are beside cuBLAS and PyTorch", Benchmarks::run),
    BENCH_CONV(540, "how fast convolutions are beside cuDNN and PyTorch", Benchmarks::run),
    BENCH_ATTENTION_FORWARD(540, "how fast attention is beside cuDNN and PyTorch", Benchmarks::run),
    BENCH_ATTENTION_BACKWARD(540, "how fast its gradients are", Benchmarks::run),
    BENCH_NORM(540, "how fast GroupNorm, AdaGN and SiLU are beside a copy and PyTorch", Benchmarks::run),
    BENCH_UNET_FORWARD(540, "how fast ADM-64 and a shipped model are beside PyTorch", Benchmarks::run),
    BENCH_UNET_TRAINING(540, "how fast their training steps are", Benchmarks::run);

    private static final List<Stage> SANITIZERS = List.of(MEMCHECK, RACECHECK, INITCHECK, SYNCCHECK);

    /** What a stage does, in a JVM of its own. */
    private interface Body {
        void run(Context context) throws Exception;
    }

    private enum Where { ANYWHERE, GPU, DEVICE }

    private final int limitSeconds;
    private final Where where;
    private final String about;
    private final Body body;

    Stage(int limitSeconds, String about, Body body) {
        this(limitSeconds, Where.DEVICE, about, body);
    }

    Stage(int limitSeconds, Where where, String about, Body body) {
        this.limitSeconds = limitSeconds;
        this.where = where;
        this.about = about;
        this.body = body;
    }

    /** @throws IllegalArgumentException in one line, if there is none of that name */
    static Stage of(String word) {
        return Arrays.stream(values()).filter(s -> s.word().equals(word)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("there is no stage '" + word + "': use "
                        + Arrays.stream(values()).map(Stage::word).collect(Collectors.joining(", "))));
    }

    /** As the user writes it. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String about() {
        return about;
    }

    int limitSeconds() {
        return limitSeconds;
    }

    /** Whether there is nothing to do on the simulator. */
    boolean needsGpu() {
        return where == Where.GPU;
    }

    /** Whether it computes on the device, which then has to be there. */
    boolean needsDevice() {
        return where == Where.DEVICE || isSanitizer() || this == VENDOR;
    }

    boolean isSanitizer() {
        return SANITIZERS.contains(this);
    }

    void run(Context context) throws Exception {
        body.run(context);
    }
}
