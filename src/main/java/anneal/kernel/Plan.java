package anneal.kernel;

import java.util.Set;

/**
 * How a device will run a spec; depends on shape, mode and vector width only.
 *
 * @param algorithm      a short name for people
 * @param workspaceBytes scratch that the caller hands to the call, a multiple of 4
 * @param flops          operations that count (those of the direct algorithm)
 * @param bytes          compulsory traffic: every operand once
 * @param fuses          the prologue and epilogue parts done by the kernel itself; {@link Lowering} expands the others
 */
public record Plan(String algorithm, long workspaceBytes, double flops, double bytes, Set<Part> fuses) {
    /** What can be fused. */
    public enum Part { NORM_PROLOGUE, RESAMPLE, BIAS, ROW_ADD, RESIDUAL, ACTIVATION }

    /** Everything. */
    public static final Set<Part> ALL = Set.of(Part.values());
}
