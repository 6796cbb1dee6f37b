package anneal.bench.peer;

/**
 * How long things are measured.
 *
 * @param rounds        turns of each side
 * @param turnSeconds   about how long a turn is
 * @param warmSeconds   how long our side runs before; C2 needs some
 * @param chooseSeconds how long each of the peer's ways is tried
 * @param compile       whether torch.compile is tried too
 */
public record Effort(int rounds, double turnSeconds, double warmSeconds, double chooseSeconds, boolean compile) {
    public static final Effort FULL = new Effort(11, 0.3, 3, 0.7, true);
    public static final Effort QUICK = new Effort(3, 0.1, 1, 0.1, false);

    public Effort {
        if (rounds < 1 || !(turnSeconds > 0) || !(warmSeconds >= 0) || !(chooseSeconds >= 0)) {
            throw new IllegalArgumentException("at least one round and positive times are needed");
        }
    }

    public Effort withRounds(int n) {
        return new Effort(n, turnSeconds, warmSeconds, chooseSeconds, compile);
    }

    public Effort withoutCompile() {
        return new Effort(rounds, turnSeconds, warmSeconds, chooseSeconds, false);
    }
}
