package anneal.train;

/** What a random stream of a training run is for: the stream number of its Philox draws. */
final class Streams {
    static final int SHUFFLE = 1;
    static final int FLIP = 2;
    static final int TIMESTEP = 3;
    static final int NOISE = 4;
    static final int LABEL_DROPOUT = 5;
    static final int SHIFT = 6;
    static final int DEGRADATION = 7;
    static final int AUGMENTATION = 8;

    private Streams() {
    }
}
