package anneal.study.predict;

import anneal.kernel.Precision;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A call of one primitive, on a shape of an ADM UNet's forward pass or training step.
 *
 * @param what      the shape, for people
 * @param precision of the device that it is made on
 * @param parts     of those of its kernels that do the work; others only pass on what these left
 * @param body      makes the operands and says what to call
 */
record KernelCall(String family, String what, Precision precision, List<Part> parts, Body body) {
    /** How a call is made ready. */
    interface Body {
        /** @return the call, on operands that live as long as {@code o} */
        Runnable on(Operands o);
    }

    KernelCall(String family, String what, Precision precision, Part part, Body body) {
        this(family, what, precision, List.of(part), body);
    }

    /** What is known of this kernel of the call. */
    Optional<Part> part(String kernel) {
        return parts.stream().filter(p -> kernel.startsWith(p.prefix()))
                .max(Comparator.comparingInt(p -> p.prefix().length()));
    }
}
