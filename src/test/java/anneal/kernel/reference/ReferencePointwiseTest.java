package anneal.kernel.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import anneal.kernel.MapOp;
import anneal.kernel.MapOp.Fn;
import org.junit.jupiter.api.Test;

class ReferencePointwiseTest {
    private static double apply(Fn fn, double... operands) {
        return apply(MapOp.of(fn), operands);
    }

    private static double apply(MapOp f, double... operands) {
        return ReferencePointwise.apply(f, operands[0], operands.length > 1 ? operands[1] : 0,
                operands.length > 2 ? operands[2] : 0);
    }

    /** Table values: Abramowitz and Stegun, table 7.1, and erfc(4), erfc(6) to 16 digits. */
    @Test
    void errorFunction() {
        assertEquals(0.5204998778130465, Erf.erf(0.5), 1e-15);
        assertEquals(-0.8427007929497149, Erf.erf(-1), 1e-15);
        assertEquals(0.9953222650189527, Erf.erf(2), 1e-15);
        assertEquals(1.541725790028002e-8, 2 * Erf.normalCdf(-4 * Math.sqrt(2)), 1e-21);
        assertEquals(2.151973671249891e-17, 2 * Erf.normalCdf(-6 * Math.sqrt(2)), 1e-29);
        assertEquals(1, Erf.erf(40));
        assertEquals(0, Erf.erf(0));
    }

    @Test
    void bothFormsOfTheErrorFunctionMeet() {
        assertEquals(Erf.erf(3 - 1e-13), Erf.erf(3), 1e-15);
    }

    @Test
    void activationsAtOne() {
        assertEquals(0.7310585786300049, apply(Fn.SIGMOID, 1), 1e-15);
        assertEquals(0.7310585786300049, apply(Fn.SILU, 1), 1e-15);
        assertEquals(0.8413447460685429, apply(Fn.GELU_ERF, 1), 1e-15);
        assertEquals(0.8411919906082768, apply(Fn.GELU_TANH, 1), 1e-15);
        assertEquals(0.8457957659328212, apply(Fn.GELU_QUICK, 1), 1e-15);
        assertEquals(0.8411919906082768, apply(Fn.NORMAL_CDF, 1), 1e-15);
    }

    @Test
    void operandsInTheStatedOrder() {
        assertEquals(-1, apply(Fn.SUB, 2, 3));
        assertEquals(0.5, apply(Fn.DIV, 2, 4));
        assertEquals(14, apply(Fn.MUL_ADD, 2, 3, 4));
        assertEquals(3, apply(Fn.SELECT, 1, 3, 4));
        assertEquals(4, apply(Fn.SELECT, 0, 3, 4));
        assertEquals(2 * 5 - 7 * 3, apply(MapOp.of(Fn.AXPBY, 2, -7), 5, 3));
        assertEquals(17, apply(MapOp.of(Fn.AFFINE, 2, 7), 5));
        assertEquals(9, apply(MapOp.of(Fn.POW, 2, 0), -3));
    }

    @Test
    void edges() {
        assertEquals(0, apply(Fn.SIGMOID, -1000));
        assertEquals(1, apply(Fn.SIGMOID, 1000));
        assertEquals(1, apply(MapOp.of(Fn.CLAMP, -1, 1), 5));
        assertEquals(0, apply(MapOp.of(Fn.LESS, 2, 0), 2));
        assertEquals(3, apply(MapOp.of(Fn.CLAMP_GRAD, -1, 1), 1, 3));
        assertEquals(0, apply(Fn.RELU_GRAD, 0, 3));
        assertEquals(0, apply(Fn.ABS_GRAD, 0, 3));
        assertTrue(Double.isNaN(apply(Fn.MAXIMUM, Double.NaN, 1)));
        assertTrue(Double.isNaN(apply(Fn.RELU, Double.NaN)));
    }
}
