package anneal.kernel;

/** Random epilogues and prologues for the calls that take them. */
final class Fusions {
    private Fusions() {
    }

    /** @param perSample samples for a rowAdd, or 0 for none; {@code residual} dims of the output */
    static Epilogue epilogue(Lab lab, int perSample, int channels, int... residual) {
        return new Epilogue(lab.perhaps() ? lab.denseInput(channels) : null,
                perSample > 0 && lab.perhaps() ? lab.input(perSample, channels) : null,
                lab.perhaps() ? lab.input(residual) : null,
                lab.perhaps() ? 1 : 0.7, lab.perhaps() ? 0 : -0.4, activation(lab));
    }

    static Epilogue scaling(Lab lab) {
        return Epilogue.scaled(lab.perhaps() ? 1 : 1.3, lab.perhaps() ? 0 : 0.6);
    }

    static Activation activation(Lab lab) {
        return Activation.values()[lab.random().nextInt(Activation.values().length)];
    }

    /** Every part there or not. */
    static Prologue prologue(Lab lab, int n, int channels, Resample resample) {
        boolean normalise = lab.perhaps();
        int groups = groups(lab, channels);
        var shape = Shape.of(n, groups);
        return new Prologue(normalise ? lab.denseInput(n, groups) : null,
                normalise ? lab.holding(lab.uniforms(shape.size(), 0.5, 2), shape) : null,
                lab.perhaps() ? lab.denseInput(channels) : null, lab.perhaps() ? lab.denseInput(channels) : null,
                lab.perhaps() ? lab.input(n, channels) : null, lab.perhaps() ? lab.input(n, channels) : null,
                activation(lab), resample);
    }

    static int groups(Lab lab, int channels) {
        int groups = lab.oneOf(1, 2, 3, 4, 8, 32, channels);
        return channels % groups == 0 ? groups : 1;
    }
}
