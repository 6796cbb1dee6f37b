package anneal.kernel.cpu.panama;

import static anneal.kernel.cpu.PolyMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The functions of {@link anneal.kernel.cpu.PolyMath} on vectors: the same operations in the same order. */
final class VectorMath {
    private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
    private static final int SIGN = 0x80000000;

    private VectorMath() {
    }

    /** Calls everything once. */
    static void touch() {
        var x = FloatVector.zero(FloatVector.SPECIES_PREFERRED).addIndex(1);
        sin(cos(tanh(erf(silu(sigmoid(log(exp(expOfNegative(x))))))))).intoArray(new float[x.length()], 0,
                x.species().indexInRange(0, 1));
    }

    static FloatVector exp(FloatVector x) {
        var v = x.blend(EXP_MIN, x.lt(EXP_MIN));
        v = v.blend(EXP_MAX, v.compare(VectorOperators.GT, EXP_MAX));
        var shifted = v.fma(LOG2_E, ROUND);
        var n = shifted.sub(ROUND);
        var r = n.fma(n.broadcast(-LN2_HI), v);
        r = n.fma(n.broadcast(-LN2_LO), r);
        var p = r.fma(E4, E3);
        p = p.fma(r, r.broadcast(E2));
        p = p.fma(r, r.broadcast(E1));
        p = p.fma(r, r.broadcast(E0));
        p = p.fma(r.mul(r), r).add(1);
        var k = shifted.reinterpretAsInts().sub(ROUND_BITS);
        var half = k.lanewise(VectorOperators.ASHR, 1);
        return p.mul(power(half)).mul(power(k.sub(half)));
    }

    static FloatVector expOfNegative(FloatVector x) {
        return normalExp(x).blend(0, x.lt(EXP_NORMAL));
    }

    static FloatVector onePlusExp(FloatVector x) {
        return expOfNegative(x).blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_LARGE)).add(1);
    }

    private static FloatVector normalExp(FloatVector x) {
        var shifted = x.fma(LOG2_E, ROUND);
        var n = shifted.sub(ROUND);
        var r = n.fma(n.broadcast(-LN2_HI), x);
        r = n.fma(n.broadcast(-LN2_LO), r);
        var p = r.fma(E4, E3);
        p = p.fma(r, r.broadcast(E2));
        p = p.fma(r, r.broadcast(E1));
        p = p.fma(r, r.broadcast(E0));
        p = p.fma(r.mul(r), r).add(1);
        var power = shifted.reinterpretAsInts().sub(ROUND_BITS - 127).lanewise(VectorOperators.LSHL, 23);
        return p.mul(power.reinterpretAsFloats());
    }

    /** 2^k for k in the normal range. */
    private static FloatVector power(IntVector k) {
        return k.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        var tiny = x.lt(Float.MIN_NORMAL);
        var v = x.blend(x.mul(0x1p23f), tiny);
        var bits = v.reinterpretAsInts().sub(SQRT_HALF);
        var e = bits.lanewise(VectorOperators.ASHR, 23);
        var f = bits.and(0x7fffff).add(SQRT_HALF).reinterpretAsFloats().sub(1);
        var n = ((FloatVector) e.convertShape(VectorOperators.I2F, x.species(), 0));
        n = n.sub(x.broadcast(0).blend(23, tiny));
        var s = f.mul(f);
        var p = f.fma(L8, L7);
        p = p.fma(f, f.broadcast(L6));
        p = p.fma(f, f.broadcast(L5));
        p = p.fma(f, f.broadcast(L4));
        p = p.fma(f, f.broadcast(L3));
        p = p.fma(f, f.broadcast(L2));
        p = p.fma(f, f.broadcast(L1));
        p = p.fma(f, f.broadcast(L0));
        p = p.mul(f).mul(s);
        p = n.fma(n.broadcast(LN2_REST), p);
        p = s.fma(s.broadcast(-0.5f), p);
        var y = n.fma(n.broadcast(LN2_SHORT), f.add(p));
        y = y.blend(Float.POSITIVE_INFINITY, x.eq(Float.POSITIVE_INFINITY));
        y = y.blend(Float.NEGATIVE_INFINITY, x.eq(0));
        return x.broadcast(Float.NaN).blend(y, x.compare(VectorOperators.GE, 0));
    }

    /** Sine for |x| up to {@link anneal.kernel.cpu.PolyMath#ANGLE_MAX}; larger ones are for the scalar form. */
    static FloatVector sin(FloatVector x) {
        return quadrant(x, 0);
    }

    /** Cosine, with the limit of {@link #sin}. */
    static FloatVector cos(FloatVector x) {
        return quadrant(x, 1);
    }

    private static FloatVector quadrant(FloatVector x, int turn) {
        var shifted = x.fma(TWO_OVER_PI, ROUND);
        var n = shifted.sub(ROUND);
        var r = n.fma(n.broadcast(-PIO2_1), x);
        r = n.fma(n.broadcast(-PIO2_2), r);
        r = n.fma(n.broadcast(-PIO2_3), r);
        var q = shifted.reinterpretAsInts().add(turn);
        var s = r.mul(r);
        var sin = s.fma(S2, S1).fma(s, s.broadcast(S0));
        sin = sin.mul(s).fma(r, r);
        var cos = s.fma(C2, C1).fma(s, s.broadcast(C0));
        cos = cos.fma(s.mul(s), s.fma(-0.5f, 1));
        var y = cos.blend(sin, q.and(1).eq(0).cast(x.species()));
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, q.and(2).lanewise(VectorOperators.LSHL, 30))
                .reinterpretAsFloats();
    }

    static FloatVector tanh(FloatVector x) {
        var a = x.abs();
        var s = x.mul(x);
        var p = s.fma(T5, T4);
        p = p.fma(s, s.broadcast(T3));
        p = p.fma(s, s.broadcast(T2));
        p = p.fma(s, s.broadcast(T1));
        p = p.fma(s, s.broadcast(T0));
        var small = p.mul(s).fma(a, a);
        var large = exp(a.add(a)).add(1);
        large = x.broadcast(1).sub(x.broadcast(2).div(large));
        return withSign(large.blend(small, a.lt(TANH_SMALL)), x);
    }

    static FloatVector erf(FloatVector x) {
        return erf(x, x.broadcast(1).sub(exp(erfExponent(x))));
    }

    /** log(1 - erf(|x|)), good from {@link anneal.kernel.cpu.PolyMath#ERF_SMALL} on. */
    static FloatVector erfExponent(FloatVector x) {
        var a = x.abs();
        var b = a.blend(ERF_ONE, a.compare(VectorOperators.GT, ERF_ONE));
        var g = b.fma(G7, G6);
        g = g.fma(b, b.broadcast(G5));
        g = g.fma(b, b.broadcast(G4));
        g = g.fma(b, b.broadcast(G3));
        g = g.fma(b, b.broadcast(G2));
        g = g.fma(b, b.broadcast(G1));
        return g.fma(b, b.broadcast(G0));
    }

    /** The error function, given erf(|x|) for where x is large. */
    static FloatVector erf(FloatVector x, FloatVector large) {
        var a = x.abs();
        var s = x.mul(x);
        var p = s.fma(F6, F5);
        p = p.fma(s, s.broadcast(F4));
        p = p.fma(s, s.broadcast(F3));
        p = p.fma(s, s.broadcast(F2));
        p = p.fma(s, s.broadcast(F1));
        p = p.fma(s, s.broadcast(F0));
        return withSign(large.blend(p.fma(a, a), a.lt(ERF_SMALL)), x);
    }

    static FloatVector sigmoid(FloatVector x) {
        return x.broadcast(1).div(onePlusExp(x.neg()));
    }

    static FloatVector silu(FloatVector x) {
        return x.div(onePlusExp(x.neg()));
    }

    private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        return magnitude.reinterpretAsInts().or(sign.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }
}
