package anneal.kernel.reference;

import anneal.kernel.AdamWSpec;
import anneal.kernel.Buf;

/** AdamW ("Decoupled Weight Decay Regularization", Algorithm 2) and exponential moving averages over an arena. */
final class ReferenceOptimizer {
    /** Where in the numbers of a step the weights of the averages begin. */
    private static final int AVERAGES = 3;

    private ReferenceOptimizer() {
    }

    static void adamw(AdamWSpec s, Buf hyperBuf, Buf parameters, Buf gradients, Buf firstMoment, Buf secondMoment,
                      Buf[] emas) {
        var hyper = Values.read(hyperBuf);
        double learningRate = hyper[0];
        double correction1 = 1 - StrictMath.pow(s.beta1(), hyper[1]);
        double correction2 = 1 - StrictMath.pow(s.beta2(), hyper[1]);
        var p = Values.read(parameters);
        var g = Values.read(gradients);
        var m = Values.read(firstMoment);
        var v = Values.read(secondMoment);
        for (int i = 0; i < p.length; i++) {
            double gradient = hyper[2] * g[i];
            m[i] = s.beta1() * m[i] + (1 - s.beta1()) * gradient;
            v[i] = s.beta2() * v[i] + (1 - s.beta2()) * gradient * gradient;
            p[i] -= learningRate * s.weightDecay() * p[i];
            p[i] -= learningRate * (m[i] / correction1) / (Math.sqrt(v[i] / correction2) + s.eps());
        }
        Values.write(m, firstMoment);
        Values.write(v, secondMoment);
        for (int e = 0; e < emas.length; e++) {
            double weight = hyper[AVERAGES + e];
            Values.write(weight, p.clone(), 1 - weight, emas[e]);
        }
        Values.write(p, parameters);
    }
}
