package anneal.kernel;

import java.util.EnumSet;
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
    /** What can be fused; STATISTICS: a normalisation measures mean and rstd itself. */
    public enum Part { NORM_PROLOGUE, STATISTICS, RESAMPLE, BIAS, ROW_ADD, RESIDUAL, ACTIVATION }

    /** Everything that is done to an operand on its way in or out; statistics take a look at all of it before. */
    public static final Set<Part> ALL = Set.copyOf(EnumSet.complementOf(EnumSet.of(Part.STATISTICS)));
}
