package anneal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.cli.Main;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.junit.jupiter.api.Test;

/**
 * What DESIGN section 3b forbids because it makes bits depend on the compiler or on the order of threads, looked for in
 * the class files themselves: transcendental vector operations, floating-point lane reductions, floating-point atomics,
 * and in kernels the transcendental functions of Math, which may differ from one machine to the next.
 */
class BytecodeRulesTest {

    private static final Set<String> TRANSCENDENTAL = Set.of("SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2",
            "EXP", "EXPM1", "LOG", "LOG10", "LOG1P", "POW", "CBRT", "SINH", "COSH", "TANH", "HYPOT");
    private static final Set<String> FLOAT_VECTORS =
            Set.of("jdk/incubator/vector/FloatVector", "jdk/incubator/vector/DoubleVector");
    private static final Set<String> FLOAT_ADDERS =
            Set.of("java/util/concurrent/atomic/DoubleAdder", "java/util/concurrent/atomic/DoubleAccumulator");
    private static final Set<String> FLOAT_BITS =
            Set.of("floatToRawIntBits", "floatToIntBits", "doubleToRawLongBits", "doubleToLongBits");

    @Test
    void noClassBreaksDeterminism() throws IOException, URISyntaxException {
        var root = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        var found = new TreeSet<String>();
        int read = 0;
        try (var files = Files.walk(root)) {
            for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                found.addAll(violations(ClassFile.of().parse(file)));
                read++;
            }
        }
        assertTrue(read > 0, "no class files under " + root);
        assertEquals(Set.of(), found);
    }

    /** The scan must see each kind of violation, or it proves nothing. */
    @Test
    void theScanSeesEveryKindOfViolation() throws IOException {
        try (var bytes = Forbidden.class.getResourceAsStream("BytecodeRulesTest$Forbidden.class")) {
            var found = violations(ClassFile.of().parse(bytes.readAllBytes())).stream()
                    .map(violation -> violation.replaceAll("^[^:]*\\.(\\w+):.*", "$1"));
            assertEquals(Set.of("exponential", "power", "sum", "masked", "adder", "handle", "bits", "scalar"),
                    new TreeSet<>(found.toList()));
        }
    }

    private static List<String> violations(ClassModel type) {
        var name = type.thisClass().asInternalName();
        var found = new ArrayList<String>();
        for (var method : type.methods()) {
            for (var what : violations(method, name.startsWith("anneal/kernel/") || name.endsWith("$Forbidden"))) {
                found.add(name.replace('/', '.') + "." + method.methodName().stringValue() + ": " + what);
            }
        }
        return found;
    }

    private static List<String> violations(MethodModel method, boolean inKernel) {
        var found = new ArrayList<String>();
        boolean readsFloatBits = false;
        boolean swapsAtomically = false;
        for (var element : method.code().<Iterable<?>>map(code -> code).orElse(List.of())) {
            switch (element) {
                case FieldInstruction field when isTranscendental(field) ->
                        found.add("VectorOperators." + field.name().stringValue());
                case InvokeInstruction call -> {
                    forbiddenCall(call, inKernel, found);
                    readsFloatBits |= FLOAT_BITS.contains(call.name().stringValue());
                    swapsAtomically |= isAtomicLoop(call.name().stringValue());
                }
                default -> { }
            }
        }
        if (readsFloatBits && swapsAtomically) {
            found.add("a float updated atomically through its bits");
        }
        return found;
    }

    private static boolean isTranscendental(FieldInstruction field) {
        return field.owner().asInternalName().equals("jdk/incubator/vector/VectorOperators")
                && TRANSCENDENTAL.contains(field.name().stringValue());
    }

    private static void forbiddenCall(InvokeInstruction call, boolean inKernel, List<String> found) {
        var owner = call.owner().asInternalName();
        var name = call.name().stringValue();
        if (FLOAT_VECTORS.contains(owner) && (name.startsWith("reduceLanes") || name.equals("pow"))) {
            found.add(owner + "." + name);
        } else if (FLOAT_ADDERS.contains(owner)) {
            found.add(owner);
        } else if (owner.equals("java/lang/invoke/VarHandle") && isAtomicUpdate(name) && lastIsFloat(call)) {
            found.add("VarHandle." + name + " of a float");
        } else if (inKernel && owner.equals("java/lang/Math")
                && TRANSCENDENTAL.contains(name.toUpperCase(Locale.ROOT))) {
            found.add("Math." + name + " (StrictMath on the reference, the shared polynomials elsewhere)");
        }
    }

    private static boolean lastIsFloat(InvokeInstruction call) {
        var last = call.typeSymbol().parameterList().getLast();
        return last.equals(ConstantDescs.CD_float) || last.equals(ConstantDescs.CD_double);
    }

    private static boolean isAtomicUpdate(String method) {
        return isAtomicLoop(method) || method.startsWith("getAndAdd") || method.startsWith("getAndSet");
    }

    /** Handing out indices with getAndAdd is no loop over old values, and harmless. */
    private static boolean isAtomicLoop(String method) {
        return method.matches("(weakC|c)ompareAnd.*|(accumulate|update)AndGet|getAnd(Accumulate|Update)");
    }

    /** One of each; never run. */
    @SuppressWarnings("unused")
    private static final class Forbidden {
        private static final VarHandle FLOATS = MethodHandles.arrayElementVarHandle(float[].class);

        FloatVector exponential(FloatVector x) {
            return x.lanewise(VectorOperators.EXP);
        }

        FloatVector power(FloatVector x) {
            return x.pow(2f);
        }

        float sum(FloatVector x) {
            return x.reduceLanes(VectorOperators.ADD);
        }

        long masked(FloatVector x) {
            return x.reduceLanesToLong(VectorOperators.MAX);
        }

        void adder(DoubleAdder total, double x) {
            total.add(x);
        }

        void handle(float[] totals, int i, float x) {
            float ignored = (float) FLOATS.getAndAdd(totals, i, x);
        }

        void bits(AtomicInteger total, float x) {
            int old = total.get();
            total.compareAndSet(old, Float.floatToRawIntBits(Float.intBitsToFloat(old) + x));
        }

        double scalar(double x) {
            return Math.exp(x);
        }

        int allowed(FloatVector x, AtomicInteger next) {
            var y = x.lanewise(VectorOperators.SQRT).fma(x, x);
            return next.getAndAdd(Float.floatToRawIntBits(1f) == 0 ? 0 : y.length());
        }
    }
}
