package anneal.gpucheck;

/**
 * What came of one check.
 *
 * @param detail  why it failed or was skipped, or what it measured; one line
 * @param seconds that it took; 0 where nobody looked
 */
record Finding(String name, Status status, String detail, double seconds) {
    /** A note is neither passed nor failed: it says something about the machine, or how fast it was. */
    enum Status { OK, FAIL, SKIPPED, NOTE }

    static Finding note(String name, String detail) {
        return new Finding(name, Status.NOTE, detail, 0);
    }

    static Finding skipped(String name, String reason) {
        return new Finding(name, Status.SKIPPED, reason, 0);
    }

    static Finding failed(String name, String reason) {
        return new Finding(name, Status.FAIL, reason, 0);
    }

    /** As printed while a stage runs. */
    String line() {
        return "%-8s %s%s".formatted(status == Status.OK ? "ok" : status == Status.NOTE ? "note" : status.name(), name,
                detail.isEmpty() ? "" : ": " + detail);
    }
}
